package dev.tollbar.document;

import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Policy;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A compiled document. Immutable; {@link #close()} closes its rules and is called when no call uses
 * them any more.
 *
 * @param id SHA-256 of the canonical form of the document and of all files that it references, in
 *     hex. The text of secrets is no part of it
 * @param fingerprint as {@code id}, but of the resolved secrets too: it differs whenever anything
 *     differs. Not for logs or messages
 * @param records how decision records are kept
 * @param capacity how much the gateway takes on
 * @param reloadTests the tests that must pass before it comes into force, if any
 * @param files every file that was read, to be watched for changes
 * @param sources what it was read from
 */
public record Revision(
    String id,
    String fingerprint,
    Map<String, ServerSpec> servers,
    Map<String, Policy> policies,
    Map<String, DocumentGrant> grants,
    Map<String, Webhook> webhooks,
    RecordTerms records,
    CapacityTerms capacity,
    Optional<ReloadTests> reloadTests,
    Set<Path> files,
    Sources sources)
    implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Revision.class);

  /** Closes every rule, also if some fail to close. */
  @Override
  public void close() {
    policies.values().forEach(policy -> closeAll(policy.rules()));
  }

  static void closeAll(List<ConfiguredRule> rules) {
    for (ConfiguredRule rule : rules) {
      try {
        rule.rule().close();
      } catch (RuntimeException | LinkageError e) {
        LOG.warn("rule {} failed to close", rule.pointer(), e);
      }
    }
  }
}
