package dev.tollbar.protocol;

import dev.tollbar.api.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What the gateway itself says when a client is to be shown another list than before. */
public enum ListChanged {
  TOOLS("notifications/tools/list_changed", "toolsListChanged"),
  PROMPTS("notifications/prompts/list_changed", "promptsListChanged"),
  RESOURCES("notifications/resources/list_changed", "resourcesListChanged");

  private final String method;
  private final String wanted;

  ListChanged(String method, String wanted) {
    this.method = method;
    this.wanted = wanted;
  }

  /** Whether a {@code subscriptions/listen} asks for it. */
  public boolean isWantedBy(Message listen) {
    return listen.params().path("notifications").path(wanted).asBoolean(false);
  }

  /**
   * The notification.
   *
   * @param subscription the id of the {@code subscriptions/listen} whose stream it goes to; none in
   *     a session
   */
  public byte[] message(Optional<MessageId> subscription) {
    String params =
        subscription
            .map(id ->
                ",\"params\":{\"_meta\":{\"" + MetaKeys.SUBSCRIPTION_ID + "\":" + id.json() + "}}")
            .orElse("");
    return ("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\"" + params + "}")
        .getBytes(StandardCharsets.UTF_8);
  }
}
