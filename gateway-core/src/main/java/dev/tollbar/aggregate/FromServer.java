package dev.tollbar.aggregate;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.ServerMessage;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Splice;
import dev.tollbar.protocol.SseText;
import dev.tollbar.protocol.StrictParser;
import java.util.List;
import java.util.Optional;

/** What one server says, as the client of many gets it. Safe for use by many threads. */
final class FromServer {
  private final JointSession client;
  private final Member member;
  private final Joined session;
  private final Lines lines;
  private final boolean makesTask;

  FromServer(JointSession client, Member member, Joined session, Lines lines) {
    this(client, member, session, lines, false);
  }

  /**
   * What a server says.
   *
   * @param makesTask whether its answer may name a task, which is its own then
   */
  FromServer(JointSession client, Member member, Joined session, Lines lines, boolean makesTask) {
    this.client = client;
    this.member = member;
    this.session = session;
    this.lines = lines;
    this.makesTask = makesTask;
  }

  String server() {
    return member.server();
  }

  /** An event of a stream that the client may take up again: its id says whose stream it is. */
  Optional<Event> resumable(Event event) {
    String prefix = member.server() + "/";
    return data(event)
        .map(data -> new Event(SseText.withIdPrefix(rewritten(event, data), prefix), data));
  }

  /** Whose event an id is, and what its server calls it. */
  static Optional<Owned> origin(String eventId) {
    int end = eventId.indexOf('/');
    return end <= 0
        ? Optional.empty()
        : Optional.of(new Owned(eventId.substring(0, end), eventId.substring(end + 1)));
  }

  /** An event for the common stream, which has no ids: whatever is not heard is kept. */
  Optional<Event> common(Event event) {
    return event.data().length == 0
        ? Optional.empty()
        : data(event).map(data -> new Event(SseText.message(data), data));
  }

  /** Something that is said while the client has no stream for it but the common one. */
  void aside(Event event) {
    Optional<Event> passed = common(event);
    if (passed.isEmpty() || client.outlet().write(passed.get())) {
      return;
    }
    ServerMessage.read(event.data())
        .filter(read -> read.kind() == Kind.REQUEST)
        .flatMap(ServerMessage::id)
        .ifPresent(id -> refuse(id, "The client does not listen."));
  }

  /** An answer of the server: unchanged, but for what is to be learned from it. */
  void answer(byte[] message) {
    mentions(Mentions.in(message));
    if (makesTask) {
      Json.read(message)
          .map(root -> root.path("result").path("task").path("taskId").textValue())
          .ifPresent(task -> client.tasks().mentioned(task, member.server()));
    }
  }

  /** A result of the server holds these URIs. */
  void mentions(List<String> uris) {
    uris.forEach(uri -> client.uris().mentioned(uri, member.server()));
  }

  @SuppressWarnings("ReferenceEquality") // the same array means that nothing was changed
  private static byte[] rewritten(Event event, byte[] data) {
    return data == event.data() ? event.raw() : SseText.withData(event.raw(), data);
  }

  private Optional<byte[]> data(Event event) {
    byte[] data = event.data();
    if (data.length == 0) {
      return Optional.of(data);
    }
    Optional<ServerMessage> read = ServerMessage.read(data);
    if (read.isEmpty()) {
      return Optional.empty();
    }
    return switch (read.get().kind()) {
      case RESPONSE -> {
        answer(data);
        yield Optional.of(data);
      }
      case NOTIFICATION -> notification(read.get(), data);
      case REQUEST -> request(read.get(), data);
    };
  }

  private Optional<byte[]> notification(ServerMessage read, byte[] data) {
    boolean cancelled = read.method().equals("notifications/cancelled");
    boolean updated = read.method().equals("notifications/resources/updated");
    if (!cancelled && !updated) {
      return Optional.of(data);
    }
    try {
      Message message = StrictParser.parse(data);
      return cancelled ? cancelled(message) : Optional.of(updated(message));
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  /** The server gives up a request of its own, which the client knows by another id. */
  private Optional<byte[]> cancelled(Message message) {
    return message
        .token("requestId")
        .flatMap(id -> ServerIds.shown(member.server(), id))
        .map(id ->
            new Splice(message.bytes())
                .putText(message.range("params.requestId").orElseThrow(), id)
                .bytes());
  }

  private byte[] updated(Message message) {
    Optional<String> uri = message.text("uri");
    String shown = uri.map(text -> client.uris().told(text, member.server())).orElse("");
    return uri.isEmpty() || uri.get().equals(shown)
        ? message.bytes()
        : new Splice(message.bytes()).putText(message.uriRange().orElseThrow(), shown).bytes();
  }

  private Optional<byte[]> request(ServerMessage read, byte[] data) {
    MessageId id = read.id().orElseThrow();
    try {
      Message message = StrictParser.parse(data);
      Optional<String> shown = ServerIds.shown(member.server(), id);
      Optional<String> token =
          message.progressToken().flatMap(it -> ServerIds.shown(member.server(), it));
      if (shown.isPresent() && token.isPresent() == message.progressToken().isPresent()) {
        Splice splice = new Splice(data).putText(message.idRange().orElseThrow(), shown.get());
        token.ifPresent(text -> splice.putText(message.progressTokenRange().orElseThrow(), text));
        return Optional.of(splice.bytes());
      }
      refuse(id, "The id is too long.");
    } catch (MalformedMessageException e) {
      refuse(id, String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }

  private void refuse(MessageId id, String why) {
    lines.refuse(client, member, session, id, ErrorCode.INVALID_REQUEST, why);
  }
}
