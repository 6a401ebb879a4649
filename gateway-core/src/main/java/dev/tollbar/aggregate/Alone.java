package dev.tollbar.aggregate;

import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.Bearer;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.pipeline.Received;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Methods;
import dev.tollbar.protocol.Methods.Direction;
import dev.tollbar.protocol.ModernRequest;
import dev.tollbar.protocol.Revision;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Requests of revisions without sessions, to all servers as one. What was learned of whose things
 * are whose is kept by grant, and is learned anew where it is not known.
 */
final class Alone {
  private static final int MOST_GRANTS = 1_000;

  private final Lists lists;
  private final Calls calls;
  private final Discovery discovery;
  private final Subscriptions subscriptions;
  private final Settings settings;
  private final Map<String, Tables> tables = new ConcurrentHashMap<>();

  Alone(Lines lines, Lists lists, Calls calls, Settings settings, String version) {
    this.lists = lists;
    this.calls = calls;
    this.discovery = new Discovery(lines, settings, version);
    this.subscriptions = new Subscriptions(lines, settings);
    this.settings = settings;
  }

  /** Whether a message stands alone, whatever session it names. */
  static boolean is(Message message, Arrival arrival) {
    return ModernRequest.isClaimedBy(message, arrival.headers().protocolRevision());
  }

  /** Takes a message. Its headers name what the client names, which is not what servers see. */
  void take(Arrival arrival, Received received, ClientReply reply)
      throws IOException, InterruptedException, MalformedMessageException {
    Message message = received.message();
    boolean http = arrival.door() == Arrival.Door.HTTP;
    Optional<ModernRequest.Problem> problem =
        ModernRequest.problem(
            message,
            arrival.headers().protocolRevision(),
            http ? Optional.of(arrival.headers().mirrored()) : Optional.empty(),
            Optional.empty());
    if (problem.isPresent()) {
      ModernRequest.Problem it = problem.get();
      reply.send(400, Errors.reply(message.id(), it.code(), it.text(), it.data()));
      return;
    }
    if (message.kind() != Kind.REQUEST) {
      reply.accepted();
      return;
    }
    Revision revision = Revision.modern().getLast();
    request(client(arrival, received.bearer(), message, revision), message, reply);
  }

  /** Ends all streams. */
  void end() {
    subscriptions.end();
  }

  private JointSession client(Arrival arrival, Bearer bearer, Message message, Revision revision) {
    if (tables.size() > MOST_GRANTS) {
      tables.clear();
    }
    Tables known = tables.computeIfAbsent(bearer.grant(), _ -> new Tables());
    return JointSession.forOne(
        message, bearer.grant(), revision, arrival, settings, known, bearer.servers());
  }

  private void request(JointSession client, Message message, ClientReply reply)
      throws IOException, InterruptedException, MalformedMessageException {
    Optional<Door> door =
        Methods.door(Direction.CLIENT_REQUEST, client.revision(), message.method());
    switch (door.orElse(Door.RELAY)) {
      case TOOL_CALL, PROMPT_GET, RESOURCE_READ, COMPLETION, TASK ->
          calls.call(client, message, door.orElseThrow(), reply);
      case LIST_TOOLS, LIST_PROMPTS, LIST_RESOURCES, LIST_TEMPLATES ->
          lists.list(client, message, door.orElseThrow(), reply);
      case DISCOVER -> reply.send(200, discovery.answer(client, message));
      case LISTEN -> subscriptions.listen(client, message, reply);
      default -> {
        String why = "The gateway does not know this method.";
        reply.send(404, Errors.reply(message.id(), ErrorCode.METHOD_NOT_FOUND, why));
      }
    }
  }
}
