package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.audit.Stage;
import dev.tollbar.legacy.ServerMessage;
import dev.tollbar.legacy.Session;
import dev.tollbar.policy.Policy;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.MalformedListException;
import dev.tollbar.protocol.Reply;
import dev.tollbar.protocol.ReplyScanner;
import dev.tollbar.protocol.SseText;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Brings a server's reply back, settling the call by what it was before the client sees the end of
 * it. Streams what it need not read. A client that leaves does not end the call: its reply is read
 * to the end, so that it settles.
 */
final class ReplyStage {
  /** A reply up to this size is looked at whole before the first byte of it is passed on. */
  private static final int SMALL = 256 * 1024;

  private final ReplyRoom room;
  private final Edits edits;
  private final ServerRequests serverRequests;
  private final KeepAlive keepAlive;
  private final Listeners listeners;
  private final Function<Arrival, Admitted> admitted;

  ReplyStage(
      ReplyRoom room,
      Edits edits,
      ServerRequests serverRequests,
      KeepAlive keepAlive,
      Listeners listeners,
      Function<Arrival, Admitted> admitted) {
    this.listeners = listeners;
    this.admitted = admitted;
    this.room = room;
    this.edits = edits;
    this.serverRequests = serverRequests;
    this.keepAlive = keepAlive;
  }

  /**
   * Brings the reply back.
   *
   * @param whenGone what to do when the client has left a stream before its end
   * @throws UpstreamException when there is no usable reply and the client was told nothing yet
   * @throws IOException when the client left, or must be told by a broken connection
   */
  void reply(Forwarded forwarded, ClientReply client, Runnable whenGone, Trail trail)
      throws IOException, UpstreamException, InterruptedException {
    switch (forwarded.reply()) {
      case UpstreamReply.Accepted _ ->
          throw malformed("the server accepted a request without an answer");
      case UpstreamReply.Single single -> single(forwarded, single, client, trail);
      case UpstreamReply.Events events -> events(forwarded, events, client, whenGone, trail);
    }
  }

  private void single(
      Forwarded forwarded, UpstreamReply.Single single, ClientReply client, Trail trail)
      throws IOException, UpstreamException {
    try (ReplyRoom.Place place = room.enter()) {
      single(forwarded, single, client, place, trail);
    }
  }

  private void single(
      Forwarded forwarded,
      UpstreamReply.Single single,
      ClientReply client,
      ReplyRoom.Place place,
      Trail trail)
      throws IOException, UpstreamException {
    Optional<Edit> edit = edits.of(forwarded, client, trail);
    int status = status(forwarded.routed(), single.status(), trail);
    if (edit.isPresent()) {
      byte[] whole = ReplyBytes.all(single.length(), single.body(), place);
      client.send(status, finish(forwarded, edit, whole, trail));
      return;
    }
    byte[] head =
        single.length().orElse(0) > SMALL
            ? new byte[0]
            : ReplyBytes.upTo(SMALL, single.length(), single.body(), place);
    if (single.length().orElse(0) <= SMALL && head.length <= SMALL) {
      client.send(status, finish(forwarded, edit, head, trail));
    } else {
      stream(forwarded, single, begin(single, status, client), head, trail);
    }
  }

  /** What a request that stands alone is refused for, its client must see in the status. */
  private static int status(Routed routed, int status, Trail trail) {
    int shown =
        routed.protocolRevision().isModern() && (status == 400 || status == 404) ? status : 200;
    trail.status(shown);
    return shown;
  }

  /** Settles by a whole response, and gives what the client is sent for it. */
  private byte[] finish(Forwarded forwarded, Optional<Edit> edit, byte[] message, Trail trail)
      throws UpstreamException {
    ReplyScanner scanner = new ReplyScanner();
    scanner.feed(message, 0, message.length);
    Reply reply = answer(forwarded, scanner);
    try {
      if (!(reply instanceof Reply.Result result)) {
        settle(forwarded, outcome(reply), trail);
        return message;
      }
      settle(forwarded, Edits.withResult(forwarded, result, message), trail);
      Optional<byte[]> instead = edits.incomplete(forwarded, result, message, trail);
      if (instead.isPresent()) {
        return instead.get();
      }
      return edit.isPresent() ? edit.get().apply(message) : message;
    } catch (IOException | MalformedListException e) {
      throw malformed(String.valueOf(e.getMessage()));
    }
  }

  private void stream(
      Forwarded forwarded,
      UpstreamReply.Single single,
      Optional<OutputStream> stream,
      byte[] head,
      Trail trail)
      throws IOException, UpstreamException {
    ReplyScanner scanner = new ReplyScanner();
    scanner.feed(head, 0, head.length);
    boolean there = stream.isPresent() && written(stream.get(), head, head.length);
    byte[] buffer = new byte[16 * 1024];
    try {
      for (int read = ReplyBytes.read(single.body(), buffer);
          read >= 0;
          read = ReplyBytes.read(single.body(), buffer)) {
        scanner.feed(buffer, 0, read);
        there = there && written(stream.orElseThrow(), buffer, read);
      }
      Reply answer = answer(forwarded, scanner);
      settle(forwarded, outcome(answer), trail);
      edits.passed(forwarded, answer);
    } catch (UpstreamException e) {
      settle(forwarded, new Outcome.TransportFailed(), trail);
      throw new IOException("the server broke off in the middle of its reply", e);
    }
    trail.answering();
    if (there) {
      stream.orElseThrow().close();
    }
  }

  /** Empty if the client has left. */
  private static Optional<OutputStream> begin(
      UpstreamReply.Single single, int status, ClientReply client) {
    try {
      return Optional.of(client.json(status, single.length()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** False once the client has left: the rest is read for the sake of settling only. */
  private static boolean written(OutputStream stream, byte[] buffer, int length) {
    try {
      stream.write(buffer, 0, length);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void events(
      Forwarded forwarded,
      UpstreamReply.Events events,
      ClientReply client,
      Runnable whenGone,
      Trail trail)
      throws IOException, UpstreamException, InterruptedException {
    if (forwarded.routed().door() == Door.INITIALIZE) {
      handshake(forwarded, events, client, trail);
      return;
    }
    ClientStream stream = ClientStream.to(client);
    if (forwarded.routed().door() == Door.LISTEN) {
      listen(forwarded, events, client, stream, whenGone, trail);
      return;
    }
    try (KeepAlive.Kept _ = keepAlive.keep(stream, whenGone);
        Session.Loan _ = lend(forwarded.routed(), stream)) {
      Supplier<Optional<Policy>> policy = () -> Optional.of(forwarded.routed().policy());
      relay(forwarded, events, client, new Terms(stream, policy, whenGone), trail);
    } catch (UpstreamException e) {
      settle(forwarded, new Outcome.TransportFailed(), trail);
      trail.failed(e);
      byte[] error =
          Errors.reply(Optional.of(forwarded.routed().id()), Failures.CODE, Failures.text(e));
      trail.answering();
      stream.message(error);
    }
    stream.close();
  }

  /** The stream of {@code subscriptions/listen}: the gateway's own changes come on it, too. */
  private void listen(
      Forwarded forwarded,
      UpstreamReply.Events events,
      ClientReply client,
      ClientStream stream,
      Runnable whenGone,
      Trail trail)
      throws InterruptedException {
    Routed routed = forwarded.routed();
    Listeners.Terms terms =
        new Listeners.Terms(
            admitted.apply(routed.arrival())::policy,
            routed.server().catalog()::seen,
            Optional.of(routed.message()));
    try (KeepAlive.Kept _ = keepAlive.keep(stream, whenGone);
        Listeners.Listener _ = listeners.add(stream, terms, events::close)) {
      relay(forwarded, events, client, new Terms(stream, terms.policy(), whenGone), trail);
    } catch (UpstreamException e) {
      // Who listens loses nothing but what comes later, and asks again.
      settle(forwarded, new Outcome.TransportFailed(), trail);
      trail.failed(e);
    }
    stream.close();
  }

  /**
   * Where events go.
   *
   * @param policy of each event: a call has that of its revision to its end; who listens may do so
   *     for longer than a policy is in force, or a grant good. Empty if it may not go on
   */
  private record Terms(ClientStream stream, Supplier<Optional<Policy>> policy, Runnable whenGone) {}

  private void relay(
      Forwarded forwarded,
      UpstreamReply.Events events,
      ClientReply client,
      Terms terms,
      Trail trail)
      throws UpstreamException, InterruptedException {
    Routed routed = forwarded.routed();
    ClientStream stream = terms.stream();
    boolean resumable = false;
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      Event event = next.get();
      resumable |= SseText.hasId(event.raw());
      if (answers(event.data(), routed)) {
        Optional<Edit> edit = edits.of(forwarded, client, trail);
        Event answer = edited(event, finish(forwarded, edit, event.data(), trail));
        trail.answering();
        stream.write(answer);
        return;
      }
      Optional<Policy> policy = terms.policy().get();
      if (policy.isEmpty()) {
        break;
      }
      if (mayPass(event, routed, policy.get())
          && !stream.write(event)
          && routed.session().isEmpty()) {
        terms.whenGone().run();
        throw new InterruptedException("the client left, and so cancelled its request");
      }
    }
    if (routed.session().isEmpty()) {
      endedEarly(forwarded, trail);
      return;
    }
    // With ids the client may come back for the rest (MCP 2025-11-25, SSE polling): the call goes
    // on. Not where the answer has to be read first: on another stream it would pass unread.
    if (!resumable || edits.of(forwarded, client, trail).isPresent()) {
      throw new UpstreamException(
          Reason.BROKEN, true, 0, "the server's stream ended before its answer");
    }
    routed.session().orElseThrow().leaveUnanswered(routed.id());
    settle(forwarded, new Outcome.Answered(false, Optional.empty()), trail);
  }

  /** A client that listens nowhere else may be asked on this stream. */
  private Session.Loan lend(Routed routed, ClientStream stream) {
    if (routed.session().isEmpty()) {
      return () -> {};
    }
    Session session = routed.session().get();
    return session.lend(event -> {
      if (!mayPass(event, routed, routed.policy()) || stream.write(event)) {
        return true;
      }
      session.forgetQuestion(event);
      return false;
    });
  }

  private boolean mayPass(Event event, Routed routed, Policy policy) throws InterruptedException {
    return routed.session().isPresent()
        ? serverRequests.mayPass(event, routed.session().get(), policy)
        : serverRequests.mayPass(event, routed.server().name(), policy);
  }

  /** Without a session nothing can be asked for again; a stream of notifications may just end. */
  private static void endedEarly(Forwarded forwarded, Trail trail) throws UpstreamException {
    if (forwarded.routed().door() != Door.LISTEN) {
      throw new UpstreamException(
          Reason.BROKEN, true, 0, "the server's stream ended before its answer");
    }
    settle(forwarded, new Outcome.Answered(false, Optional.empty()), trail);
  }

  @SuppressWarnings("ReferenceEquality") // the same array means that nothing was changed
  private static Event edited(Event event, byte[] data) {
    return data == event.data() ? event : new Event(SseText.withData(event.raw(), data), data);
  }

  /** The session's name goes out with the head of the reply, so the answer must be there first. */
  private void handshake(
      Forwarded forwarded, UpstreamReply.Events events, ClientReply client, Trail trail)
      throws IOException, UpstreamException, InterruptedException {
    List<Event> earlier = new ArrayList<>();
    for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
      Event event = next.get();
      if (answers(event.data(), forwarded.routed())) {
        byte[] message = finish(forwarded, edits.of(forwarded, client, trail), event.data(), trail);
        if (earlier.isEmpty()) {
          client.send(200, message);
          return;
        }
        ClientStream stream = new ClientStream(client.events());
        earlier.forEach(stream::write);
        stream.write(event);
        stream.close();
        return;
      }
      boolean notification =
          ServerMessage.read(event.data())
              .map(message -> message.kind() == Kind.NOTIFICATION)
              .orElse(false);
      if (notification && earlier.size() < 100) {
        earlier.add(event);
      }
    }
    throw new UpstreamException(
        Reason.BROKEN, true, 0, "the server's stream ended before its answer");
  }

  private static boolean answers(byte[] data, Routed routed) {
    return data.length > 0
        && ServerMessage.read(data)
            .map(message ->
                message.kind() == Kind.RESPONSE && message.id().equals(routed.message().id()))
            .orElse(false);
  }

  /** A result or an error that answers this very request. */
  private static Reply answer(Forwarded forwarded, ReplyScanner scanner) throws UpstreamException {
    Reply reply = scanner.finish();
    if (reply instanceof Reply.Malformed malformed) {
      throw malformed(malformed.why());
    }
    Optional<MessageId> expected = forwarded.routed().message().id();
    if (!reply.id().equals(expected)) {
      throw malformed("the server answered with another id");
    }
    if (reply instanceof Reply.NotAReply) {
      throw malformed("the server answered with something that is no reply");
    }
    return reply;
  }

  private static Outcome outcome(Reply answer) {
    return switch (answer) {
      case Reply.Result result -> new Outcome.Answered(result.isError(), Optional.empty());
      case Reply.ProtocolError error -> new Outcome.ProtocolError(error.code());
      case Reply.NotAReply _, Reply.Malformed _ -> new Outcome.TransportFailed();
    };
  }

  private static UpstreamException malformed(String what) {
    return new UpstreamException(Reason.MALFORMED, true, 0, what);
  }

  private static void settle(Forwarded forwarded, Outcome outcome, Trail trail) {
    trail.at(Stage.SETTLE);
    if (forwarded.call().settle(outcome)) {
      trail.outcome(outcome);
    }
    trail.at(Stage.REPLY);
  }
}
