package dev.tollbar.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request of a client, as rules see it. Immutable and safe for use by many threads; the trees
 * in it are shared and must not be changed.
 *
 * <p>What is seen here is what is forwarded: the gateway refuses messages that two parsers could
 * read differently before any rule runs.
 */
public interface Call {

  /** The name of the grant that the client showed; {@code "local"} for the implicit local grant. */
  String grant();

  /** The labels of the grant, as its document gives them. */
  Map<String, String> labels();

  /** The name of the server that the call is for. */
  String server();

  /** The policy that decides this call. */
  String policy();

  /** An opaque name of the protocol session, if the client has one. */
  Optional<String> session();

  /** The MCP revision that the client speaks: {@code "2025-11-25"}. */
  String protocolRevision();

  /** The JSON-RPC method: {@code "tools/call"}, {@code "prompts/get"}, {@code "resources/read"}. */
  String method();

  /**
   * The tool called; for a prompt its name, for a resource its URI stands in {@link Tool#name()}.
   */
  Tool tool();

  /**
   * The arguments; empty if the call has none. Numbers are exact: fractions are {@code
   * DecimalNode}, whole numbers {@code IntNode}, {@code LongNode} or {@code BigIntegerNode}.
   */
  ObjectNode arguments();

  /** When the call arrived, by the gateway's clock. */
  Instant time();

  /**
   * Whether this is a later round of a call that was permitted and counted before: the server asked
   * for input, and the client repeats the same call with it (MCP 2026-07-28, multi-round-trip
   * requests). It is decided again, on the same arguments; what counts calls must not count it
   * again.
   */
  default boolean continued() {
    return false;
  }

  /**
   * A limit that a call counts against.
   *
   * @param rule the rule that has it: its id, or else its pointer in the document
   * @param usage what is left of it before the call takes anything
   */
  record Limit(String rule, LimitUsage usage) {}

  /**
   * What is left at this moment of the limits that this call counts against: those of every rule
   * that applies to it, in document order, but for shadow rules. Nothing of this call is taken yet,
   * and others may take before it does: what is left here is no promise. A limit that cannot count
   * this call, and so denies it, is left out.
   *
   * <p>Known to rules while they judge a call ({@link Rule#evaluate}, {@link Rule#explain}); empty
   * everywhere else. Looked up anew each time, on the calling thread, and only if asked for: it
   * costs the counters of the call, and may block as they do.
   *
   * @throws StoreUnavailableException if it cannot be told, as when the counters are out of reach
   * @throws InterruptedException when the thread was interrupted
   */
  default List<Limit> limits() throws InterruptedException {
    return List.of();
  }

  /**
   * Notes a line for those who look for a fault in a rule. It stands in the {@code debug} member of
   * the call's decision record, and changes no decision. The gateway keeps the first 50 lines of a
   * call and 500 characters of each; nothing is kept where no call is recorded. May be called by
   * any thread; does not block. What is written here is kept as long as records are: no secrets.
   *
   * @param line begins with who says it, such as the pointer of the rule
   */
  default void debug(String line) {}
}
