package dev.tollbar.pipeline;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.audit.ArgumentDigest;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.RecordingException;
import dev.tollbar.audit.Stage;
import dev.tollbar.legacy.InFlight;
import dev.tollbar.legacy.Session;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Replies;
import dev.tollbar.upstream.Room;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The straight line of a message: parse, authenticate, route, decide, consent, meter, forward,
 * settle, reply. Every exit passes here: what was reserved is settled, and a request leaves exactly
 * one decision record.
 */
final class RequestLine {
  private static final Logger LOG = LoggerFactory.getLogger(RequestLine.class);

  private final AuthenticateStage authenticate;
  private final ParseStage parse = new ParseStage();
  private final RouteStage route;
  private final DecideStage decide;
  private final ConsentStage consent;
  private final MeterStage meter;
  private final ForwardStage forward = new ForwardStage();
  private final ReplyStage reply;
  private final DecisionLog log;
  private final ArgumentDigest digest;
  private final Consumer<DecisionRecord> watcher;
  private final Patience patience;
  private final Room room;

  /** Requests without a session that came over the pipe, of which there is one. */
  private final Map<MessageId, InFlight> piped = new ConcurrentHashMap<>();

  RequestLine(
      AuthenticateStage authenticate,
      RouteStage route,
      DecideStage decide,
      ConsentStage consent,
      MeterStage meter,
      ReplyStage reply,
      DecisionLog log,
      ArgumentDigest digest,
      Patience patience,
      Room room,
      Consumer<DecisionRecord> watcher) {
    this.authenticate = authenticate;
    this.route = route;
    this.decide = decide;
    this.consent = consent;
    this.meter = meter;
    this.reply = reply;
    this.log = log;
    this.digest = digest;
    this.patience = patience;
    this.room = room;
    this.watcher = watcher;
  }

  /** What is done with a message, which leaves its traces on the trail. */
  private interface Work {
    void take(ClientReply client, Trail trail) throws IOException;
  }

  /** Takes one message through the line. */
  void take(Arrival arrival, LiveRevision revision, ClientReply reply) throws IOException {
    recorded(arrival, revision, reply, (client, trail) -> serve(arrival, revision, client, trail));
  }

  /**
   * Takes a message that goes no further: it is answered and recorded as every other.
   *
   * @param message empty if it was not read
   */
  void refuse(
      Arrival arrival,
      LiveRevision revision,
      Refusal refusal,
      Optional<Message> message,
      ClientReply reply)
      throws IOException {
    recorded(
        arrival,
        revision,
        reply,
        (client, trail) -> {
          message.ifPresent(trail::parsed);
          refuse(client, trail, refusal, trail.requestId());
        });
  }

  private void recorded(Arrival arrival, LiveRevision revision, ClientReply reply, Work work)
      throws IOException {
    Trail trail = new Trail(arrival, revision.id(), digest);
    ClientReply client = new OneReply(reply, trail::answering);
    try (Recording _ = new Recording(log, watcher, trail)) {
      work.take(client, trail);
    }
  }

  /** The line with its exits. Whatever goes wrong, nothing is forwarded that was not permitted. */
  private void serve(Arrival arrival, LiveRevision revision, ClientReply client, Trail trail)
      throws IOException {
    try {
      authenticate.checkOrigin(arrival);
      Parsed parsed = parse.parse(arrival);
      trail.parsed(parsed.message());
      trail.at(Stage.AUTHENTICATE);
      Identified caller = authenticate.authenticate(parsed, revision);
      trail.grant(caller.grant().name());
      trail.at(Stage.ROUTE);
      Routed routed = route.route(caller, revision);
      trail.routed(routed);
      switch (routed.message().kind()) {
        case REQUEST -> admitted(routed, revision, client, trail);
        case NOTIFICATION, RESPONSE -> relay(routed, client);
      }
    } catch (MalformedMessageException e) {
      boolean unread = trail.requestId().isEmpty() && RouteStage.isModern(arrival);
      refuse(client, trail, unread ? Refusal.unreadable(e) : Refusal.malformed(e), e.id());
    } catch (Refusal e) {
      refuse(client, trail, e, trail.requestId());
    } catch (StoreUnavailableException e) {
      LOG.warn("{}", e.getMessage());
      refuse(client, trail, Refusal.grantsOutOfReach(), trail.requestId());
    } catch (RuntimeException | Error e) {
      LOG.error("the request line failed", e);
      Refusal refusal =
          new Refusal(500, ErrorCode.INTERNAL_ERROR, "internal_error", "The gateway failed.");
      refuse(client, trail, refusal, trail.requestId());
    }
  }

  /** What the gateway cannot work on at once it does not begin with. */
  private void admitted(Routed routed, LiveRevision revision, ClientReply client, Trail trail)
      throws Refusal, IOException, MalformedMessageException {
    try (Room.Place place = room.enter()) {
      trail.worksIn(place);
      request(routed, revision, client, trail);
    } catch (Room.FullException _) {
      throw Refusal.overloaded(
          "overloaded", "The gateway has too much to do. Try again in a second.");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw Refusal.stopping();
    }
  }

  /** A request is registered with its session, so that the client can cancel it. */
  private void request(Routed routed, LiveRevision revision, ClientReply client, Trail trail)
      throws Refusal, IOException, MalformedMessageException {
    if (routed.door() == Door.INITIALIZE) {
      PatientReply reply = new PatientReply(client, () -> {});
      decideAndForward(routed, revision, Optional.empty(), reply, trail);
      return;
    }
    if (routed.session().isEmpty()) {
      alone(routed, revision, client, trail);
      return;
    }
    Session session = routed.session().get();
    MessageId id = routed.id();
    Optional<InFlight> begun = session.begin(id);
    if (begun.isEmpty()) {
      throw idInUse();
    }
    // A client may use the id again as soon as it has the answer.
    trail.whenAnswering(() -> session.end(id, begun.get()));
    try {
      // Who goes away with a session goes on to wait.
      decideAndForward(routed, revision, begun, new PatientReply(client, () -> {}), trail);
    } finally {
      session.end(id, begun.get());
    }
  }

  /** Without a session a client cancels by leaving; over a pipe it cannot, and says so. */
  private void alone(Routed routed, LiveRevision revision, ClientReply client, Trail trail)
      throws Refusal, IOException, MalformedMessageException {
    InFlight inFlight = InFlight.alone();
    boolean piped = routed.arrival().door() == Arrival.Door.STDIO;
    if (piped && this.piped.putIfAbsent(routed.id(), inFlight) != null) {
      throw idInUse();
    }
    PatientReply patient = new PatientReply(client, inFlight::cancel);
    boolean watched = !piped && routed.door() != Door.LISTEN;
    if (watched) {
      patience.begin(patient);
    }
    try {
      decideAndForward(routed, revision, Optional.of(inFlight), patient, trail);
    } catch (IOException e) {
      if (!inFlight.cancelled()) {
        throw e;
      }
      LOG.debug("{}: the client left", routed.server().name());
    } finally {
      patience.end(patient);
      patient.end();
      if (piped) {
        this.piped.remove(routed.id(), inFlight);
      }
      inFlight.finish();
    }
  }

  private static Refusal idInUse() {
    return new Refusal(
        400, ErrorCode.INVALID_REQUEST, "id_in_use", "A request of this id is still open.");
  }

  private void decideAndForward(
      Routed received,
      LiveRevision revision,
      Optional<InFlight> inFlight,
      PatientReply client,
      Trail trail)
      throws IOException, Refusal, MalformedMessageException {
    OwnRound.Stripped stripped = consent.strip(received);
    Routed routed = stripped.routed();
    try {
      trail.at(Stage.DECIDE);
      claim(trail);
      Decided decided = decide.decide(routed, trail);
      trail.at(Stage.CONSENT);
      Consented consented =
          consent.consent(decided, revision, stripped.round(), inFlight, client, trail);
      trail.rests();
      try (Room.Place _ = place(consented)) {
        trail.at(Stage.METER);
        PermittedCall call = meter(consented, trail);
        trail.permitted();
        trail.status(200);
        if (routed.door() == Door.LOCAL) {
          client.send(200, Replies.empty(routed.id()));
          return;
        }
        forwardAndReply(call, inFlight, client, trail);
      }
    } catch (Denied e) {
      if (cancelled(inFlight)) {
        interrupted(routed, inFlight, client, trail);
        return;
      }
      trail.denied(e.denial());
      trail.status(200);
      client.send(200, Answers.denial(routed, e.denial()));
    } catch (InputNeeded e) {
      trail.denied(e.denial());
      trail.status(200);
      client.send(200, Replies.result(routed.id(), e.result()));
    } catch (InterruptedException e) {
      interrupted(routed, inFlight, client, trail);
    }
  }

  /** What cannot be recorded must not happen. */
  private static void claim(Trail trail) throws Denied, InterruptedException {
    try {
      trail.claim();
    } catch (RecordingException e) {
      LOG.debug("a call is denied: {}", e.getMessage());
      throw new Denied(
          Denial.of(
              DenialCode.STORE_UNAVAILABLE,
              "(records)",
              "The gateway cannot record decisions now, so it makes none. Try again later."));
    }
  }

  /**
   * A place among the calls to the server, before anything is taken from limits: a server that is
   * slow or stuck holds these, and no others. Streams that only listen are not calls.
   */
  private Room.Place place(Consented consented) throws Refusal, InterruptedException {
    Routed routed = consented.decided().routed();
    if (routed.door() == Door.LOCAL || routed.door() == Door.LISTEN) {
      return () -> {};
    }
    try {
      return routed.server().room().enter();
    } catch (Room.FullException _) {
      consented.approved().ifPresent(consent::giveBack);
      throw Refusal.overloaded(
          "server_busy",
          "The server behind the gateway has too much to do. Try again in a second.");
    } catch (InterruptedException e) {
      consented.approved().ifPresent(consent::giveBack);
      throw e;
    }
  }

  /** A call that is over a limit has used no approval. */
  private PermittedCall meter(Consented consented, Trail trail) throws Denied {
    try {
      return meter.meter(consented, trail);
    } catch (Denied e) {
      consented.approved().ifPresent(consent::giveBack);
      throw e;
    }
  }

  private void forwardAndReply(
      PermittedCall call, Optional<InFlight> inFlight, ClientReply client, Trail trail)
      throws IOException {
    trail.at(Stage.FORWARD);
    try (Forwarded forwarded = forward.forward(call)) {
      trail.at(Stage.REPLY);
      boolean leavingCancels = call.routed().session().isEmpty();
      Runnable whenGone = () -> inFlight.filter(_ -> leavingCancels).ifPresent(InFlight::cancel);
      reply.reply(forwarded, client, whenGone, trail);
    } catch (UpstreamException e) {
      failed(call, e, client, trail);
    } catch (InterruptedException e) {
      if (call.settle(new Outcome.Cancelled())) {
        trail.outcome(new Outcome.Cancelled());
      }
      answerInterrupted(call.routed(), inFlight, client);
    } finally {
      // Whatever the reason for leaving, nothing stays reserved by a call that is over.
      if (call.settle(new Outcome.TransportFailed())) {
        trail.outcome(new Outcome.TransportFailed());
      }
    }
  }

  /** There is no reply. What provably did not reach the server has used up nothing. */
  private void failed(
      PermittedCall call, UpstreamException failure, ClientReply client, Trail trail)
      throws IOException {
    Routed routed = call.routed();
    LOG.warn("{}: {}: {}", routed.server().name(), failure.reason(), failure.getMessage());
    Outcome outcome =
        failure.delivered() ? new Outcome.TransportFailed() : new Outcome.NotDelivered();
    if (call.settle(outcome)) {
      trail.outcome(outcome);
    }
    if (!failure.delivered()) {
      call.approved().ifPresent(consent::giveBack);
    }
    trail.failed(failure);
    boolean lost =
        failure.reason() == UpstreamException.Reason.SESSION_LOST
            && !routed.protocolRevision().isModern();
    if (lost) {
      routed.session().ifPresent(route::end);
    }
    // 404 makes the client begin a new session; other failures leave this one usable.
    int status = lost ? 404 : 200;
    trail.status(status);
    client.send(
        status, Errors.reply(Optional.of(routed.id()), Failures.CODE, Failures.text(failure)));
  }

  /** The call was given up before it was forwarded. */
  private static void interrupted(
      Routed routed, Optional<InFlight> inFlight, ClientReply client, Trail trail)
      throws IOException {
    String name = cancelled(inFlight) ? "cancelled" : "interrupted";
    trail.refused(name, interruption(inFlight));
    trail.status(200);
    answerInterrupted(routed, inFlight, client);
  }

  private static void answerInterrupted(
      Routed routed, Optional<InFlight> inFlight, ClientReply client) throws IOException {
    client.send(
        200,
        Errors.reply(
            Optional.of(routed.id()), ErrorCode.REQUEST_CANCELLED, interruption(inFlight)));
  }

  private static String interruption(Optional<InFlight> inFlight) {
    return cancelled(inFlight) ? "The client cancelled this request." : "The gateway is stopping.";
  }

  private static boolean cancelled(Optional<InFlight> inFlight) {
    return inFlight.map(InFlight::cancelled).orElse(false);
  }

  /** Notifications and responses: nothing is decided, and there is nothing to answer but 202. */
  private void relay(Routed routed, ClientReply client) throws IOException {
    if (routed.session().isEmpty()) {
      Optional<MessageId> cancelled = routed.message().token("requestId");
      if (routed.arrival().door() == Arrival.Door.STDIO && routed.door() == Door.CANCEL) {
        cancelled.map(piped::get).ifPresent(InFlight::cancel);
      }
      client.accepted();
      return;
    }
    Session session = routed.session().orElseThrow();
    if (routed.door() == Door.LOCAL) {
      session.takeOwn(routed.id()).ifPresent(taker -> taker.accept(routed.message()));
      client.accepted();
      return;
    }
    if (routed.door() == Door.CANCEL) {
      // First here: the call is to end as one that its client cancelled, whatever the server does.
      routed.message().token("requestId").ifPresent(session::cancel);
    }
    try {
      forward.forward(meter.unmetered(routed)).close();
    } catch (UpstreamException e) {
      LOG.warn("{}: {}: {}", session.server(), e.reason(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.accepted();
  }

  private static void refuse(
      ClientReply client, Trail trail, Refusal refusal, Optional<MessageId> id) throws IOException {
    trail.refused(refusal.name(), refusal.text());
    trail.status(refusal.status());
    refusal.challenge().ifPresent(client::challenge);
    if (refusal.status() == 202) {
      client.accepted();
    } else {
      client.send(
          refusal.status(), Errors.reply(id, refusal.code(), refusal.text(), refusal.data()));
    }
  }
}
