package dev.tollbar.consent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The exact call that an approval is good for. Two calls that differ in a value have different
 * bindings; order of members and white space make no difference.
 *
 * @param revision the document revision that decides, as people are shown it
 * @param terms what is decided by, and where the call goes: it may stay the same while other parts
 *     of the document change
 */
public record CallBinding(
    String grant,
    String server,
    String method,
    String tool,
    ObjectNode arguments,
    String revision,
    String terms) {

  /** Bound to a whole document revision. */
  public CallBinding(
      String grant,
      String server,
      String method,
      String tool,
      ObjectNode arguments,
      String revision) {
    this(grant, server, method, tool, arguments, revision, revision);
  }

  /** The digest for one rule's question: SHA-256 in lower-case hex. */
  String digest(String rule) {
    ObjectNode bound = JsonNodeFactory.instance.objectNode();
    bound.put("grant", grant);
    bound.put("server", server);
    bound.put("method", method);
    bound.put("tool", tool);
    bound.set("arguments", arguments);
    bound.put("terms", terms);
    bound.put("rule", rule);
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      byte[] text = CanonicalJson.of(bound).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(sha256.digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The arguments as people are shown them: exact, members sorted. */
  String canonicalArguments() {
    return CanonicalJson.of(arguments);
  }
}
