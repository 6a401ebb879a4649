package dev.tollbar.legacy;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import java.util.Optional;

/** Replies to requests of the bridge's own, of which only the response counts. */
final class WholeReply {
  private WholeReply() {}

  /** Reads it to its end, and closes it. */
  static OneMessage bytes(UpstreamReply reply, MessageId id)
      throws UpstreamException, InterruptedException {
    return switch (reply) {
      case UpstreamReply.Accepted _ ->
          throw new UpstreamException(
              Reason.MALFORMED, true, 0, "the server accepted a request without an answer");
      case UpstreamReply.Single single -> OneMessage.read(single);
      case UpstreamReply.Events events -> last(events, id);
    };
  }

  /** What the server answered. */
  static ModernResponse of(UpstreamReply reply, MessageId id)
      throws UpstreamException, InterruptedException {
    OneMessage whole = bytes(reply, id);
    return ModernResponse.read(whole.bytes(), whole.status(), id);
  }

  private static OneMessage last(UpstreamReply.Events events, MessageId id)
      throws UpstreamException, InterruptedException {
    try (events) {
      for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
        byte[] data = next.get().data();
        boolean response =
            ServerMessage.read(data)
                .map(it -> it.kind() == Kind.RESPONSE && it.id().equals(Optional.of(id)))
                .orElse(false);
        if (response) {
          return new OneMessage(data);
        }
      }
    }
    throw new UpstreamException(
        Reason.BROKEN, true, 0, "the server's stream ended before its answer");
  }
}
