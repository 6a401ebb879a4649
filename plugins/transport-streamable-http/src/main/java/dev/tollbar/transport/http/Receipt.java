package dev.tollbar.transport.http;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.transport.common.Quoted;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** What the head of a reply means where nothing else of it is of interest, or of use. */
final class Receipt {
  private Receipt() {}

  /**
   * A message was accepted if the status says so; the rest of the reply is skipped.
   *
   * @param most how many bytes are worth reading to keep the connection
   */
  static UpstreamReply accepted(Exchange exchange, Duration idle, int most)
      throws UpstreamException, IOException {
    ReplyHead head = exchange.head();
    if (!head.ok()) {
      throw unusable(head);
    }
    boolean small = !head.eventStream() && head.length().orElse(0) <= most;
    if (small && head.keep()) {
      // In chunks it may still be long: then the bound ends it, and with it the connection.
      try (ReplyBody body = new ReplyBody(exchange, Optional.of(idle), most)) {
        body.skip(Long.MAX_VALUE);
      } catch (MalformedReplyException e) {
        exchange.close();
      }
    } else {
      exchange.close();
    }
    return new UpstreamReply.Accepted();
  }

  /** Why a reply cannot be used. */
  static UpstreamException unusable(ReplyHead head) {
    int status = head.status();
    if (status / 100 == 3) {
      return new UpstreamException(
          Reason.REFUSED,
          true,
          status,
          "the server answered with status " + status + ", a redirect, which is not followed");
    }
    if (status >= 400) {
      return new UpstreamException(
          Reason.REFUSED, true, status, "the server answered with status " + status);
    }
    String type = head.mediaType().map(Quoted::text).orElse("no content type");
    return new UpstreamException(
        Reason.MALFORMED,
        true,
        status,
        "the server answered with status " + status + " and " + type + ", not with a message");
  }
}
