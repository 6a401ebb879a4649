package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.legacy.Session;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.policy.Policy;
import dev.tollbar.protocol.ErrorCode;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings a client that listens what its server says outside of calls. */
final class Listening {
  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

  private final Sessions sessions;
  private final ServerRequests serverRequests;
  private final Listeners listeners;
  private final KeepAlive keepAlive;

  Listening(
      Sessions sessions, ServerRequests serverRequests, Listeners listeners, KeepAlive keepAlive) {
    this.listeners = listeners;
    this.sessions = sessions;
    this.serverRequests = serverRequests;
    this.keepAlive = keepAlive;
  }

  /**
   * Listens until the client leaves, listens elsewhere, or its session is over.
   *
   * @param lastEventId where the client lost a stream
   * @param terms of the client that was let in
   */
  void listen(
      Session session, Optional<String> lastEventId, Listeners.Terms terms, ClientReply client)
      throws IOException, Refusal, InterruptedException {
    if (lastEventId.isPresent()) {
      Optional<EventStream> resumed = resumed(session, lastEventId.get());
      if (resumed.isPresent()) {
        goOn(resumed.get(), session, terms, client);
        return;
      }
    }
    try (EventStream heard = offered(session)) {
      ClientStream stream = begin(client);
      try (KeepAlive.Kept _ = keepAlive.keep(stream, heard::close);
          Listeners.Listener _ = listeners.add(stream, terms, heard::close)) {
        relay(heard, session, terms, stream, session::giveBack);
      }
      stream.close();
    }
  }

  private EventStream offered(Session session) throws Refusal, InterruptedException {
    try {
      // The client is to do without this stream, and not to try again and again.
      return session
          .listen()
          .orElseThrow(() ->
              new Refusal(
                  405, ErrorCode.BAD_REQUEST, "no_stream", "The server offers no such stream."));
    } catch (UpstreamException e) {
      sessions.end(session);
      throw RouteStage.unknownSession();
    }
  }

  /** Empty if the server does not go on there: then the client gets what it has not heard yet. */
  private Optional<EventStream> resumed(Session session, String lastEventId)
      throws Refusal, InterruptedException {
    try {
      return Optional.of(session.resume(lastEventId));
    } catch (UpstreamException e) {
      if (e.reason() == Reason.SESSION_LOST) {
        sessions.end(session);
        throw RouteStage.unknownSession();
      }
      LOG.debug("{}: a stream is not resumed: {}", session.server(), e.getMessage());
      return Optional.empty();
    }
  }

  /**
   * A stream that was lost goes on. The client cannot know which of its streams that is: unless it
   * listens elsewhere, it hears on this one whatever the server says outside of calls, too.
   */
  private void goOn(EventStream resumed, Session session, Listeners.Terms terms, ClientReply client)
      throws IOException, InterruptedException {
    EventStream beside = session.listenIfNobodyDoes().orElse(new Silence());
    Runnable end =
        () -> {
          session.resumedEnded(resumed);
          beside.close();
        };
    try {
      ClientStream stream = begin(client);
      try (KeepAlive.Kept _ = keepAlive.keep(stream, end);
          Listeners.Listener _ = listeners.add(stream, terms, end)) {
        Thread other =
            Thread.ofVirtual()
                .name("beside a resumed stream")
                .start(() -> relayBeside(beside, session, terms, stream));
        relay(resumed, session, terms, stream, _ -> {});
        end.run();
        other.join();
      }
      stream.close();
    } finally {
      end.run();
    }
  }

  private void relayBeside(
      EventStream beside, Session session, Listeners.Terms terms, ClientStream stream) {
    try {
      relay(beside, session, terms, stream, session::giveBack);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ClientStream begin(ClientReply client) throws IOException {
    ClientStream stream = new ClientStream(client.events());
    stream.keepAlive();
    return stream;
  }

  private void relay(
      EventStream events,
      Session session,
      Listeners.Terms terms,
      ClientStream stream,
      Consumer<Event> undelivered)
      throws InterruptedException {
    try {
      for (Optional<Event> next = events.next(); next.isPresent(); next = events.next()) {
        if (stream.gone()) {
          undelivered.accept(next.get());
          return;
        }
        // Looked up anew for each event: a stream may outlive many revisions, and its grant.
        Optional<Policy> now = terms.policy().get();
        if (now.isEmpty()) {
          undelivered.accept(next.get());
          return;
        }
        if (serverRequests.mayPass(next.get(), session, now.get()) && !stream.write(next.get())) {
          undelivered.accept(next.get());
          return;
        }
      }
    } catch (UpstreamException e) {
      LOG.debug("{}: the stream ended: {}", session.server(), e.getMessage());
    }
  }

  /** Says nothing. */
  private record Silence() implements EventStream {
    @Override
    public Optional<Event> next() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }
}
