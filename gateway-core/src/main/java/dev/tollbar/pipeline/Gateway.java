package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.audit.ArgumentDigest;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.consent.Consent;
import dev.tollbar.identity.Grant;
import dev.tollbar.identity.LoopbackGuard;
import dev.tollbar.legacy.Session;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.policy.Policy;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway as its fronts see it: a client posts a message, listens, or ends its session. Used by
 * many virtual threads at once, one for each message and one for each open stream.
 */
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final Live live;
  private final Sessions sessions;
  private final AuthenticateStage authenticate;
  private final RouteStage route;
  private final ServerRequests serverRequests = new ServerRequests();
  private final RequestLine line;
  private final KeepAlive keepAlive;

  /**
   * A gateway.
   *
   * @param watcher is told of every decision, on the thread of its call; must not block
   */
  public Gateway(
      Live live,
      Sessions sessions,
      LoopbackGuard guard,
      RuleWatch watch,
      Consent consent,
      DecisionLog log,
      ArgumentDigest digest,
      KeepAlive keepAlive,
      Consumer<DecisionRecord> watcher) {
    this.live = live;
    this.sessions = sessions;
    this.authenticate = new AuthenticateStage(guard);
    this.route = new RouteStage(sessions);
    this.keepAlive = keepAlive;
    OpenRounds rounds = new OpenRounds();
    TaskOwners tasks = new TaskOwners();
    this.line =
        new RequestLine(
            authenticate,
            route,
            new DecideStage(watch, rounds, tasks),
            new ConsentStage(consent),
            new MeterStage(watch),
            new ReplyStage(
                new Edits(sessions, watch, new Unfinished(rounds, tasks)),
                serverRequests,
                keepAlive),
            log,
            digest,
            keepAlive.patience(),
            watcher);
  }

  /** Takes one message, and answers it. */
  public void post(Arrival arrival, ClientReply client) throws IOException {
    LiveRevision revision;
    try {
      revision = live.enter();
    } catch (Refusal e) {
      refuse(client, e);
      return;
    }
    try {
      line.take(arrival, revision, client);
    } finally {
      revision.leave();
    }
  }

  /** Sends the client what its server says outside of calls, until either of them ends it. */
  public void listen(Arrival arrival, ClientReply client) throws IOException {
    Session session;
    String policy;
    try {
      Grant grant = known(arrival);
      session = route.session(arrival, grant.name(), arrival.server());
      policy = grant.servers().getOrDefault(arrival.server(), "");
    } catch (Refusal e) {
      refuse(client, e);
      return;
    }
    try (EventStream events = session.upstream().listen(arrival.headers().lastEventId())) {
      session.listen(events);
      try {
        relay(events, session, policy, client);
      } finally {
        session.unlisten(events);
      }
    } catch (UpstreamException e) {
      listenFailed(session, e, client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void relay(EventStream events, Session session, String policy, ClientReply client)
      throws IOException, UpstreamException, InterruptedException {
    ClientStream stream = new ClientStream(client.events());
    stream.keepAlive();
    try (KeepAlive.Kept _ = keepAlive.keep(stream, events::close)) {
      for (Optional<Event> next = events.next();
          next.isPresent() && !stream.gone();
          next = events.next()) {
        // Looked up anew for each event: a stream may outlive many revisions.
        Policy now = live.current().policy(policy).orElseGet(Policy::none);
        if (serverRequests.mayPass(next.get(), session, now)) {
          stream.write(next.get());
        }
      }
    } catch (UpstreamException e) {
      LOG.debug("{}: the stream ended: {}", session.server(), e.getMessage());
    }
    stream.close();
  }

  private void listenFailed(Session session, UpstreamException failure, ClientReply client)
      throws IOException {
    if (failure.reason() == UpstreamException.Reason.SESSION_LOST) {
      sessions.end(session);
      refuse(client, RouteStage.unknownSession());
      return;
    }
    // The client is to do without this stream, and not to try again and again.
    refuse(
        client,
        new Refusal(405, ErrorCode.BAD_REQUEST, "no_stream", "The server offers no such stream."));
  }

  /** Ends a session. */
  public void end(Arrival arrival, ClientReply client) throws IOException {
    try {
      Grant grant = known(arrival);
      sessions.end(route.session(arrival, grant.name(), arrival.server()));
      client.send(200, "{}".getBytes(StandardCharsets.UTF_8));
    } catch (Refusal e) {
      refuse(client, e);
    }
  }

  private Grant known(Arrival arrival) throws Refusal {
    LiveRevision revision = live.enter();
    try {
      authenticate.checkOrigin(arrival);
      RouteStage.refuseWithoutSessions(arrival);
      return authenticate.grant(arrival, revision);
    } catch (StoreUnavailableException e) {
      LOG.warn("{}", e.getMessage());
      throw Refusal.grantsOutOfReach();
    } finally {
      revision.leave();
    }
  }

  private static void refuse(ClientReply client, Refusal refusal) throws IOException {
    refusal.challenge().ifPresent(client::challenge);
    client.send(
        refusal.status(),
        Errors.reply(Optional.empty(), refusal.code(), refusal.text(), refusal.data()));
  }
}
