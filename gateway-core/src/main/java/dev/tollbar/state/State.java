package dev.tollbar.state;

import dev.tollbar.api.Counters;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the gateway remembers between calls. One interface; the embedded default lies in the data
 * folder.
 */
public interface State extends AutoCloseable {

  /**
   * The counters of one rule.
   *
   * @param policy the policy's name
   * @param owner whose the counters without a name are: what stays the same of a rule while its
   *     document is edited
   * @param shadow whether they are kept apart from the real ones
   */
  Counters counters(String policy, String owner, boolean shadow);

  Approvals approvals();

  /** The messages that webhooks get about approvals. */
  Deliveries deliveries();

  Grants grants();

  Revisions revisions();

  AdminTokens adminTokens();

  /**
   * Opens what calls will need, beside the caller, so that the first of them does not wait for it.
   * What goes wrong shows when it is needed.
   */
  void prepare();

  /**
   * Why what is to outlive the process cannot be read or written at present. Does not wait for
   * anything.
   */
  Optional<String> problem();

  /**
   * Who is told when {@link #problem} changes, and at once if there is one.
   *
   * @param told given the problem, or nothing when it is over; on any thread, and must not block
   */
  void whenProblemChanges(Consumer<Optional<String>> told);

  @Override
  void close();
}
