package dev.tollbar.protocol;

import dev.tollbar.api.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The results that the gateway itself answers with. */
public final class Replies {
  private Replies() {}

  /** The result without members: what a ping is answered with. */
  public static byte[] empty(MessageId id) {
    return result(id, "{}");
  }

  /**
   * A tool error that tells the model why its call was denied (policy language, section 8).
   *
   * @param revision that the client speaks
   * @param reason for the agent, without the words that mark a denial
   * @param isFinal whether repeating the same call can never help
   * @param remaining what is left of a limit
   */
  public static byte[] toolDenial(
      MessageId id,
      Revision revision,
      String reason,
      String code,
      String rule,
      boolean isFinal,
      long retryAfterMs,
      Optional<String> remaining) {
    String text = JsonText.quote("[POLICY DENIED] " + reason);
    String left = remaining.map(it -> ",\"remaining\":" + JsonText.quote(it)).orElse("");
    String denial =
        "{\"code\":%s,\"rule\":%s,\"final\":%b,\"retryAfterMs\":%d%s}"
            .formatted(JsonText.quote(code), JsonText.quote(rule), isFinal, retryAfterMs, left);
    return result(
        id,
        "{\"content\":[{\"type\":\"text\",\"text\":"
            + text
            + "}],\"isError\":true,"
            + (revision.isModern() ? "\"resultType\":\"complete\"," : "")
            + "\"_meta\":{\"dev.tollbar/denial\":"
            + denial
            + "}}");
  }

  /**
   * A result.
   *
   * @param json its JSON text
   */
  public static byte[] result(MessageId id, String json) {
    return ("{\"jsonrpc\":\"2.0\",\"id\":" + id.json() + ",\"result\":" + json + "}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
