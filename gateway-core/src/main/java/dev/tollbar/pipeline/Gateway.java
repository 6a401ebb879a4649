package dev.tollbar.pipeline;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.audit.ArgumentDigest;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.consent.Consent;
import dev.tollbar.consent.DecisionLinks;
import dev.tollbar.identity.Grant;
import dev.tollbar.identity.LoopbackGuard;
import dev.tollbar.legacy.Session;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.protocol.Batch;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.upstream.Room;
import dev.tollbar.upstream.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway as its fronts see it, with one server at a time. */
public final class Gateway implements Entrance {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final DecisionLog log;
  private final Live live;
  private final Sessions sessions;
  private final AuthenticateStage authenticate;
  private final ParseStage parse = new ParseStage();
  private final RouteStage route;
  private final Listening listening;
  private final RequestLine line;
  private final Batches batches;

  /**
   * A gateway.
   *
   * @param room for the calls that the gateway works on; not for those that wait for a server or a
   *     person
   * @param watcher is told of every decision, on the thread of its call; must not block
   */
  public Gateway(
      Live live,
      Sessions sessions,
      LoopbackGuard guard,
      RuleWatch watch,
      Consent consent,
      DecisionLinks links,
      DecisionLog log,
      ArgumentDigest digest,
      KeepAlive keepAlive,
      Room room,
      Consumer<DecisionRecord> watcher) {
    this.log = log;
    this.live = live;
    this.sessions = sessions;
    this.authenticate = new AuthenticateStage(guard);
    this.route = new RouteStage(sessions);
    OpenRounds rounds = new OpenRounds();
    TaskOwners tasks = new TaskOwners();
    ServerRequests serverRequests = new ServerRequests();
    Listeners listeners = new Listeners();
    live.whenReplaced(listeners::revisionChanged);
    this.listening = new Listening(sessions, serverRequests, listeners, keepAlive);
    this.line =
        new RequestLine(
            authenticate,
            route,
            new DecideStage(watch, rounds, tasks),
            new ConsentStage(consent, links),
            new MeterStage(watch),
            new ReplyStage(
                ReplyRoom.ofThisProcess(),
                new Edits(sessions, watch, new Unfinished(rounds, tasks)),
                serverRequests,
                keepAlive,
                listeners,
                arrival -> new Admitted(authenticate, live, arrival)),
            log,
            digest,
            keepAlive.patience(),
            room,
            watcher);
    this.batches = new Batches(this, authenticate, route, line, keepAlive);
  }

  /** Takes one message, or a batch of them, and answers. */
  @Override
  public void post(Arrival arrival, ClientReply client) throws IOException {
    inForce(arrival, client, revision -> take(arrival, revision, client));
  }

  /** Takes one message, or a batch of them, under a revision that the caller has entered. */
  void take(Arrival arrival, LiveRevision revision, ClientReply client) throws IOException {
    if (Batch.is(arrival.body())) {
      batches.post(arrival, revision, client);
    } else {
      line.take(arrival, revision, client);
    }
  }

  /** The gateway under the revision that is in force now. The caller closes it. */
  public Pinned pin() {
    try {
      return new Pinned(this, Optional.of(live.enter()));
    } catch (Refusal _) {
      return new Pinned(this, Optional.empty());
    }
  }

  /** Takes one message that came as one, or out of a batch: what is an array now is refused. */
  void take(Arrival arrival, ClientReply client) throws IOException {
    inForce(arrival, client, revision -> line.take(arrival, revision, client));
  }

  /**
   * The messages of what a client sent, each to be taken on its own. None if it is a batch that is
   * refused as a whole, of which the client has been told then.
   */
  List<Item> items(Arrival arrival, ClientReply client) throws IOException {
    if (!Batch.is(arrival.body())) {
      return List.of(Item.of(arrival, this, reply -> take(arrival, reply)));
    }
    List<Item> items = new ArrayList<>();
    inForce(arrival, client, revision -> items.addAll(batches.split(arrival, revision, client)));
    return items;
  }

  /**
   * Records that a front has refused something that it could not make an arrival of. Does not wait.
   *
   * @param code one word for why: {@code too_large}
   * @param status of HTTP
   */
  public void refused(Instant time, String code, String reason, int status) {
    log.refused(DecisionRecord.at(time).deny(code, reason).status(status).build());
  }

  /** Records that an answer of a webhook about an approval was refused. Does not wait. */
  public void answerRefused(Instant time, String code, String reason, String approval) {
    log.refused(DecisionRecord.at(time).deny(code, reason).approvals(List.of(approval)).build());
  }

  /** Answers and records a message that goes no further. */
  void refuse(Arrival arrival, Refusal refusal, Optional<Message> message, ClientReply client)
      throws IOException {
    inForce(arrival, client, revision -> line.refuse(arrival, revision, refusal, message, client));
  }

  private interface Work {
    void take(LiveRevision revision) throws IOException;
  }

  private void inForce(Arrival arrival, ClientReply client, Work work) throws IOException {
    LiveRevision revision;
    try {
      revision = live.enter();
    } catch (Refusal e) {
      refuse(arrival, client, e);
      return;
    }
    try {
      work.take(revision);
    } finally {
      revision.leave();
    }
  }

  /**
   * Whose grant it is that wants a stream for all messages to it. Empty if the client has been
   * refused.
   */
  public Optional<String> admitStream(Arrival arrival, ClientReply client) throws IOException {
    return admit(arrival, ParseStage::checkListens, client);
  }

  /** Whose grant it is that posts to such a stream. Empty if the client has been refused. */
  public Optional<String> admitPost(Arrival arrival, ClientReply client) throws IOException {
    return admit(arrival, ParseStage::checkMedia, client);
  }

  private interface Check {
    void check(Arrival arrival) throws Refusal;
  }

  private Optional<String> admit(Arrival arrival, Check check, ClientReply client)
      throws IOException {
    try {
      String grant = known(arrival).grant().name();
      check.check(arrival);
      return Optional.of(grant);
    } catch (Refusal e) {
      refuse(arrival, client, e);
      return Optional.empty();
    }
  }

  /** A client is still there, though it says nothing. False if its session is not. */
  boolean stillThere(Arrival arrival) {
    try {
      Known known = known(arrival);
      route.session(arrival, known.grant().name(), known.server());
      return true;
    } catch (Refusal e) {
      return false;
    }
  }

  /** Nobody waits for the answer to this request any more. False if somebody has got it. */
  boolean giveUp(Arrival arrival, MessageId request) {
    try {
      Known known = known(arrival);
      return route.session(arrival, known.grant().name(), known.server()).answeredLate(request);
    } catch (Refusal e) {
      return true;
    }
  }

  /** Sends the client what its server says outside of calls, until either of them ends it. */
  @Override
  public void listen(Arrival arrival, ClientReply client) throws IOException {
    try {
      ParseStage.checkListens(arrival);
    } catch (Refusal e) {
      refuse(arrival, client, e);
      return;
    }
    resume(arrival, client);
  }

  /** The same for who gets its events in another way, and so need not accept them in this one. */
  void resume(Arrival arrival, ClientReply client) throws IOException {
    Known known;
    Session session;
    try {
      known = known(arrival);
      session = route.session(arrival, known.grant().name(), known.server());
    } catch (Refusal e) {
      refuse(arrival, client, e);
      return;
    }
    Listeners.Terms terms =
        new Listeners.Terms(
            new Admitted(authenticate, live, arrival)::policy,
            known.server().catalog()::seen,
            Optional.empty());
    try {
      listening.listen(session, arrival.headers().lastEventId(), terms, client);
    } catch (Refusal e) {
      refuse(arrival, client, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void end(Arrival arrival, ClientReply client) throws IOException {
    try {
      Known known = known(arrival);
      sessions.end(route.session(arrival, known.grant().name(), known.server()));
      client.send(200, "{}".getBytes(StandardCharsets.UTF_8));
    } catch (Refusal e) {
      refuse(arrival, client, e);
    }
  }

  /**
   * The message of a client and whom it acts for, whatever server it is for. Empty where the line
   * would refuse it before it asks for the server: {@link #post} then says why, and records it.
   */
  public Optional<Received> receive(Arrival arrival) {
    return caller(arrival)
        .flatMap(bearer -> {
          try {
            return Optional.of(new Received(parse.parse(arrival).message(), bearer));
          } catch (Refusal | MalformedMessageException e) {
            return Optional.empty();
          }
        });
  }

  /** Whom a client acts for that listens; empty if it is refused, as {@link #listen} says. */
  public Optional<Bearer> listener(Arrival arrival) {
    try {
      ParseStage.checkListens(arrival);
      return bearer(arrival);
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  /** Whom a client acts for that posts a batch; empty if it is refused, as {@link #post} says. */
  public Optional<Bearer> poster(Arrival arrival) {
    try {
      ParseStage.checkMedia(arrival);
      return bearer(arrival);
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  /** Whom a client acts for that has a session; empty if it is refused, as {@link #end} says. */
  public Optional<Bearer> bearer(Arrival arrival) {
    try {
      RouteStage.refuseWithoutSessions(arrival);
      return caller(arrival);
    } catch (Refusal e) {
      return Optional.empty();
    }
  }

  private Optional<Bearer> caller(Arrival arrival) {
    try {
      LiveRevision revision = live.enter();
      try {
        authenticate.checkOrigin(arrival);
        Grant grant = authenticate.caller(arrival, revision);
        TreeSet<String> servers = new TreeSet<>(grant.servers().keySet());
        servers.retainAll(revision.servers().keySet());
        return Optional.of(new Bearer(grant.name(), Collections.unmodifiableSortedSet(servers)));
      } finally {
        revision.leave();
      }
    } catch (Refusal | StoreUnavailableException e) {
      return Optional.empty();
    }
  }

  private record Known(Grant grant, Server server) {}

  private Known known(Arrival arrival) throws Refusal {
    LiveRevision revision = live.enter();
    try {
      authenticate.checkOrigin(arrival);
      RouteStage.refuseWithoutSessions(arrival);
      Grant grant = authenticate.grant(arrival, revision);
      return new Known(grant, RouteStage.server(arrival, revision));
    } catch (StoreUnavailableException e) {
      LOG.warn("{}", e.getMessage());
      throw Refusal.grantsOutOfReach();
    } finally {
      revision.leave();
    }
  }

  /** What is refused before the line is recorded as well, in bounds: strangers cause it. */
  private void refuse(Arrival arrival, ClientReply client, Refusal refusal) throws IOException {
    log.refused(
        DecisionRecord.at(arrival.time())
            .server(arrival.server())
            .deny(refusal.name(), refusal.text())
            .status(refusal.status())
            .build());
    refusal.challenge().ifPresent(client::challenge);
    client.send(
        refusal.status(),
        Errors.reply(Optional.empty(), refusal.code(), refusal.text(), refusal.data()));
  }
}
