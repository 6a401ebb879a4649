package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.StrictParser;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stream of {@code subscriptions/listen}, once the server has acknowledged it (MCP 2026-07-28,
 * basic/utilities/subscriptions). One thread reads, any may close.
 */
final class Watch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
  private static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";
  private static final int MOST_BEFORE = 100;

  private final UpstreamReply.Events events;
  private final MessageId id;
  private final Set<String> granted;

  private Watch(UpstreamReply.Events events, MessageId id, Set<String> granted) {
    this.events = events;
    this.id = id;
    this.granted = granted;
  }

  /** The server does not let the client listen; in its own words. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient ModernResponse.Failure failure;

    RefusedException(ModernResponse.Failure failure) {
      super("the server refuses to be listened to", null, false, false);
      this.failure = failure;
    }

    ModernResponse.Failure failure() {
      return failure;
    }
  }

  /** Blocks until the server has acknowledged. */
  static Watch begin(UpstreamReply reply, MessageId id)
      throws UpstreamException, RefusedException, InterruptedException {
    if (!(reply instanceof UpstreamReply.Events events)) {
      throw refused(WholeReply.bytes(reply, id), id);
    }
    boolean begun = false;
    try {
      for (int i = 0; i < MOST_BEFORE; i++) {
        Event event =
            events
                .next()
                .orElseThrow(() ->
                    new UpstreamException(
                        Reason.BROKEN, true, 0, "the server ended a stream that had not begun"));
        Optional<Message> message = read(event);
        if (message.filter(it -> it.kind() == Kind.RESPONSE).isPresent()) {
          throw refused(new OneMessage(event.data()), id);
        }
        if (message.filter(it -> it.method().equals(ACKNOWLEDGED)).isPresent()) {
          begun = true;
          return new Watch(events, id, granted(message.get()));
        }
      }
      throw malformed("the server does not acknowledge that it is listened to");
    } finally {
      if (!begun) {
        events.close();
      }
    }
  }

  /** A server that fails is no server that refuses. */
  private static UpstreamException refused(OneMessage whole, MessageId id)
      throws UpstreamException, RefusedException {
    ModernResponse response = ModernResponse.read(whole.bytes(), whole.status(), id);
    if (response instanceof ModernResponse.Failure failure && whole.status() < 500) {
      throw new RefusedException(failure);
    }
    String how = "the server ended a stream that had not begun, with status " + whole.status();
    return new UpstreamException(Reason.REFUSED, true, whole.status(), how);
  }

  private static Set<String> granted(Message acknowledgement) {
    Set<String> granted = new HashSet<>();
    JsonNode notifications = acknowledgement.params().path("notifications");
    for (JsonNode uri : notifications.path("resourceSubscriptions")) {
      granted.add(uri.asText());
    }
    return granted;
  }

  /** Whether the server tells of changes of that resource. */
  boolean grants(String uri) {
    return granted.contains(uri);
  }

  /** Blocks for the next notification; empty when the server has ended the stream. */
  Optional<Message> next() throws UpstreamException, InterruptedException {
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      Optional<Message> message = read(next.get());
      if (message.isEmpty()) {
        continue;
      }
      Message found = message.get();
      boolean ends =
          found.kind() == Kind.RESPONSE
              || (found.method().equals("notifications/cancelled")
                  && found.token("requestId").equals(Optional.of(id)));
      if (ends) {
        return Optional.empty();
      }
      if (found.kind() == Kind.NOTIFICATION && !found.method().equals(ACKNOWLEDGED)) {
        return message;
      }
    }
    return Optional.empty();
  }

  private static Optional<Message> read(Event event) {
    if (event.data().length == 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(StrictParser.parseServer(event.data()));
    } catch (MalformedMessageException e) {
      LOG.warn("a server sent an event that is no JSON-RPC message; dropped");
      return Optional.empty();
    }
  }

  private static UpstreamException malformed(String what) {
    return new UpstreamException(Reason.MALFORMED, true, 0, what);
  }

  @Override
  public void close() {
    events.close();
  }
}
