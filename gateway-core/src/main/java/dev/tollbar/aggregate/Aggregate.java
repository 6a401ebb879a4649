package dev.tollbar.aggregate;

import dev.tollbar.api.MessageId;
import dev.tollbar.legacy.Handshake;
import dev.tollbar.legacy.HandshakeIds;
import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.Bearer;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.pipeline.Entrance;
import dev.tollbar.pipeline.Gateway;
import dev.tollbar.pipeline.Received;
import dev.tollbar.protocol.Batch;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Methods;
import dev.tollbar.protocol.Methods.Direction;
import dev.tollbar.protocol.Replies;
import dev.tollbar.protocol.Revision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;

/**
 * All servers of a grant as one. Stands in front of the gateway as a client of it: whatever it
 * wants of a server takes that server's whole request line, so policy, limits and records are those
 * of the server's own address, and nothing gets around them. Safe for use by many threads.
 */
public final class Aggregate implements Entrance, AutoCloseable {
  private static final int LARGEST_INITIALIZE = 256 * 1024;
  private static final Optional<MessageId> NO_ID = Optional.empty();

  private final Gateway gateway;
  private final JointSessions sessions;
  private final Lines lines;
  private final Joining joining;
  private final Lists lists;
  private final Calls calls;
  private final ToServers toServers;
  private final Alone alone;
  private final Batches batches;
  private final Settings settings;
  private final String version;

  /**
   * An aggregate.
   *
   * @param ids of its sessions
   * @param version of the gateway, which is told to clients
   */
  public Aggregate(
      Gateway gateway, HandshakeIds ids, InstantSource clock, Settings settings, String version) {
    this.gateway = gateway;
    this.settings = settings;
    this.version = version;
    this.sessions = new JointSessions(ids, settings);
    this.lines = new Lines(gateway, clock);
    this.joining = new Joining(lines, new Listening(lines, settings), settings);
    this.lists = new Lists(lines, joining, settings);
    this.calls = new Calls(lines, joining, lists, settings);
    this.toServers = new ToServers(lines, joining, settings);
    this.batches = new Batches(lines, this::take);
    this.alone = new Alone(lines, lists, calls, settings, version);
  }

  @Override
  public void post(Arrival arrival, ClientReply reply) throws IOException {
    if (Batch.is(arrival.body())) {
      batch(arrival, reply);
      return;
    }
    Optional<Received> received = gateway.receive(arrival);
    if (received.isEmpty()) {
      gateway.post(arrival, reply);
      return;
    }
    Message message = received.get().message();
    Bearer bearer = received.get().bearer();
    try {
      if (Alone.is(message, arrival)) {
        alone.take(arrival, received.get(), reply);
        return;
      }
      if (message.method().equals("initialize") && message.id().isPresent()) {
        begin(arrival, message, bearer, reply);
        return;
      }
      Optional<JointSession> session = session(arrival, bearer, reply);
      if (session.isPresent()) {
        take(session.get(), message, reply);
      }
    } catch (MalformedMessageException e) {
      reply.send(200, Errors.reply(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reply.send(
          503, Errors.reply(message.id(), ErrorCode.INTERNAL_ERROR, "The gateway is stopping."));
    }
  }

  private void batch(Arrival arrival, ClientReply reply) throws IOException {
    Optional<Bearer> bearer = gateway.poster(arrival);
    if (bearer.isEmpty()) {
      gateway.post(arrival, reply);
      return;
    }
    Optional<JointSession> session = session(arrival, bearer.get(), reply);
    if (session.isEmpty()) {
      return;
    }
    try {
      batches.take(session.get(), arrival.body(), reply);
    } catch (MalformedMessageException e) {
      reply.send(400, Errors.reply(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      reply.send(503, Errors.reply(NO_ID, ErrorCode.INTERNAL_ERROR, "The gateway is stopping."));
    }
  }

  /** Begins a session with all servers at once. Those that are slow join later. */
  private void begin(Arrival arrival, Message message, Bearer bearer, ClientReply reply)
      throws IOException, InterruptedException {
    if (message.bytes().length > LARGEST_INITIALIZE) {
      String why = "initialize is larger than " + LARGEST_INITIALIZE + " bytes.";
      reply.send(400, Errors.reply(message.id(), ErrorCode.INVALID_REQUEST, why));
      return;
    }
    Revision revision = Handshake.offeredRevision(message);
    Optional<JointSession> opened = sessions.open(bearer.grant(), revision, message, arrival);
    if (opened.isEmpty()) {
      reply.send(
          503, Errors.reply(message.id(), ErrorCode.INTERNAL_ERROR, "Too many sessions are open."));
      return;
    }
    JointSession session = opened.get();
    boolean told = false;
    try {
      session.reach(bearer.servers());
      joinAll(session);
      reply.session(session.id());
      reply.send(200, Welcome.reply(session, version));
      told = true;
    } finally {
      if (!told) {
        end(session);
      }
    }
  }

  /** Begins with all servers at once. Those that are slow join later. */
  private void joinAll(JointSession session) throws InterruptedException {
    FanOut<Boolean> joined = new FanOut<>();
    for (Member member : session.members()) {
      joined.ask(
          member.server(),
          settings.patience(),
          () -> joining.join(session, member, settings.patience()));
    }
    joined.answers(_ -> false);
    session.answered();
  }

  /** The session of that id; one that was not in memory begins with its servers anew. */
  private Optional<JointSession> find(String id, Arrival arrival, Bearer bearer) {
    Optional<JointSession> known = sessions.find(id, bearer.grant());
    if (known.isPresent()) {
      return known;
    }
    Optional<JointSession> takenUp = sessions.takeUp(id, bearer.grant(), arrival);
    if (takenUp.isPresent()) {
      takenUp.get().reach(bearer.servers());
      try {
        joinAll(takenUp.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return takenUp;
  }

  private Optional<JointSession> session(Arrival arrival, Bearer bearer, ClientReply reply)
      throws IOException {
    Optional<String> id = arrival.headers().session();
    if (id.isEmpty()) {
      String why = "Mcp-Session-Id is missing: begin with initialize.";
      reply.send(400, Errors.reply(NO_ID, ErrorCode.BAD_REQUEST, why));
      return Optional.empty();
    }
    Optional<JointSession> session = find(id.get(), arrival, bearer);
    if (session.isEmpty()) {
      String why = "Session not found: begin anew with initialize.";
      reply.send(404, Errors.reply(NO_ID, ErrorCode.SESSION_NOT_FOUND, why));
      return Optional.empty();
    }
    Optional<String> claimed = arrival.headers().protocolRevision();
    if (claimed.isPresent() && Revision.of(claimed.get()).filter(Revision::isServed).isEmpty()) {
      String why = "MCP-Protocol-Version names a revision that is not served here.";
      reply.send(400, Errors.reply(NO_ID, ErrorCode.BAD_REQUEST, why));
      return Optional.empty();
    }
    session.get().used(arrival);
    session.get().reach(bearer.servers()).forEach(gone -> leave(session.get(), gone));
    return session;
  }

  private void take(JointSession session, Message message, ClientReply reply)
      throws IOException, InterruptedException, MalformedMessageException {
    switch (message.kind()) {
      case REQUEST -> {
        MessageId id = message.id().orElseThrow();
        if (!session.requests().begin(id)) {
          String why = "A request of this id is still open.";
          reply.send(400, Errors.reply(message.id(), ErrorCode.INVALID_REQUEST, why));
          return;
        }
        try {
          request(session, message, reply);
        } finally {
          session.requests().end(id);
        }
      }
      case NOTIFICATION -> toServers.notify(session, message, reply);
      case RESPONSE -> toServers.answer(session, message, reply);
    }
  }

  private void request(JointSession session, Message message, ClientReply reply)
      throws IOException, InterruptedException, MalformedMessageException {
    Optional<Door> door =
        Methods.door(Direction.CLIENT_REQUEST, session.revision(), message.method());
    if (door.isEmpty()) {
      unknown(message, reply);
      return;
    }
    switch (door.get()) {
      case LOCAL -> reply.send(200, Replies.empty(message.id().orElseThrow()));
      case TOOL_CALL, PROMPT_GET, RESOURCE_READ, COMPLETION, TASK ->
          calls.call(session, message, door.get(), reply);
      case LIST_TOOLS, LIST_PROMPTS, LIST_RESOURCES, LIST_TEMPLATES, LIST_TASKS ->
          lists.list(session, message, door.get(), reply);
      default -> {
        if (message.method().equals("logging/setLevel")) {
          toServers.level(session, message, reply);
        } else {
          unknown(message, reply);
        }
      }
    }
  }

  private static void unknown(Message message, ClientReply reply) throws IOException {
    String why = "The gateway does not know this method.";
    reply.send(200, Errors.reply(message.id(), ErrorCode.METHOD_NOT_FOUND, why));
  }

  @Override
  public void listen(Arrival arrival, ClientReply reply) throws IOException {
    Optional<Bearer> bearer = gateway.listener(arrival);
    if (bearer.isEmpty()) {
      gateway.listen(arrival, reply);
      return;
    }
    Optional<JointSession> found = session(arrival, bearer.get(), reply);
    if (found.isEmpty()) {
      return;
    }
    JointSession session = found.get();
    Optional<Owned> event = arrival.headers().lastEventId().flatMap(FromServer::origin);
    Optional<Member> member = event.flatMap(it -> session.member(it.server()));
    if (member.isPresent()) {
      resume(session, member.get(), event.orElseThrow().name(), reply);
      return;
    }
    try {
      session
          .outlet()
          .serve(reply, () -> session.members().forEach(it -> joining.listen(session, it)));
    } finally {
      if (!session.outlet().isOpen()) {
        session.members().forEach(Member::stopListening);
      }
    }
  }

  /** Goes on with a stream of one server that broke off, or was closed to be asked for again. */
  private void resume(JointSession session, Member member, String lastEventId, ClientReply reply)
      throws IOException {
    Optional<Joined> joined = member.joined();
    if (joined.isEmpty()) {
      String why = "The server offers no such stream.";
      reply.send(405, Errors.reply(NO_ID, ErrorCode.BAD_REQUEST, why));
      return;
    }
    FromServer from = new FromServer(session, member, joined.get(), lines);
    lines.listen(
        session, member, joined.get(), Optional.of(lastEventId), new Relayed(reply, from, false));
  }

  @Override
  public void end(Arrival arrival, ClientReply reply) throws IOException {
    Optional<Bearer> bearer = gateway.bearer(arrival);
    if (bearer.isEmpty()) {
      gateway.end(arrival, reply);
      return;
    }
    Optional<JointSession> session = session(arrival, bearer.get(), reply);
    if (session.isPresent()) {
      if (sessions.end(session.get())) {
        over(session.get());
      }
      reply.send(200, "{}".getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Lets go of it; its id stays good. */
  private void end(JointSession session) {
    if (sessions.remove(session)) {
      over(session);
    }
  }

  private void over(JointSession session) {
    session.end();
    FanOut<Boolean> ended = new FanOut<>();
    for (Member member : session.members()) {
      ended.ask(
          member.server(),
          settings.patience(),
          () -> {
            leave(session, member);
            return true;
          });
    }
    try {
      ended.answers(_ -> false);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void leave(JointSession session, Member member) {
    member.remove().ifPresent(last -> lines.end(session, member, last));
  }

  /** Ends the sessions that nobody used for long. */
  public void sweep() {
    sessions.idle().forEach(this::end);
  }

  /** How many sessions are open. */
  public int size() {
    return sessions.size();
  }

  /** Ends what would hold up a stop: streams that only wait. */
  public void endStreams() {
    sessions.all().forEach(JointSession::end);
    alone.end();
  }

  /** The sessions on the servers end with the gateway's own. */
  @Override
  public void close() {
    endStreams();
  }
}
