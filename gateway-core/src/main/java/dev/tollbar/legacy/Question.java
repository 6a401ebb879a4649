package dev.tollbar.legacy;

import dev.tollbar.api.MessageId;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Members;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Range;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * A request of a server to its client.
 *
 * @param params as the server sent them, as JSON text
 */
record Question(MessageId id, String method, Optional<String> params) {

  static Question of(Message request) {
    return new Question(
        request.id().orElseThrow(),
        request.method(),
        request.paramsRange().map(range -> text(request, range)));
  }

  private static String text(Message request, Range range) {
    // Nobody could report progress on it.
    return request.progressToken().isPresent()
        ? Members.without(request, "params", Set.of("_meta"))
        : new String(
            request.bytes(), range.from(), range.to() - range.from(), StandardCharsets.UTF_8);
  }

  /** As a member of {@code inputRequests}, without its key. */
  String inputRequest() {
    return "{\"method\":"
        + JsonText.quote(method)
        + params.map(it -> ",\"params\":" + it).orElse("")
        + "}";
  }
}
