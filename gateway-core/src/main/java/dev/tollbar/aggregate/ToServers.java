package dev.tollbar.aggregate;

import dev.tollbar.aggregate.Owners.Owner;
import dev.tollbar.api.MessageId;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Replies;
import dev.tollbar.protocol.Splice;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * What a client tells its servers without asking one of them: answers to their requests,
 * notifications, and the level of logging.
 */
final class ToServers {
  private final Lines lines;
  private final Joining joining;
  private final Settings settings;

  ToServers(Lines lines, Joining joining, Settings settings) {
    this.lines = lines;
    this.joining = joining;
    this.settings = settings;
  }

  /** Brings the client's answer to the server that asked, under the id that it asked with. */
  void answer(JointSession client, Message message, ClientReply reply) throws IOException {
    Optional<ServerIds.Origin> origin = message.id().flatMap(ServerIds::origin);
    Optional<Member> member = origin.flatMap(it -> client.member(it.server()));
    Optional<Joined> session = member.flatMap(Member::joined);
    if (session.isEmpty()) {
      reply.send(
          400,
          Errors.reply(
              Optional.empty(),
              ErrorCode.INVALID_REQUEST,
              "The server has asked nothing of that id."));
      return;
    }
    Member server = member.orElseThrow();
    message
        .result()
        .map(result -> result.path("task").path("taskId").textValue())
        .ifPresent(task -> client.clientTasks().mentioned(task, server.server()));
    byte[] body =
        new Splice(message.bytes())
            .put(message.idRange().orElseThrow(), origin.orElseThrow().id().json())
            .bytes();
    FromServer from = new FromServer(client, server, session.get(), lines);
    lines.post(client, server, session.get(), body, new Relayed(reply, from, false));
  }

  /** Passes a notification on to whom it is for. */
  void notify(JointSession client, Message message, ClientReply reply)
      throws IOException, InterruptedException {
    switch (message.method()) {
      case "notifications/initialized" -> {
        client.initialized();
        FanOut<Boolean> greetings = new FanOut<>();
        client.members().forEach(member -> greet(client, member, greetings));
        greetings.answers(_ -> false);
      }
      case "notifications/cancelled" -> cancel(client, message);
      case "notifications/progress" -> progress(client, message);
      case "notifications/tasks/status" ->
          message
              .text("taskId")
              .map(client.clientTasks()::find)
              .ifPresent(owner -> toOwner(client, owner, message.bytes()));
      case "notifications/roots/list_changed" -> toAll(client, message.bytes());
      default -> {}
    }
    reply.accepted();
  }

  private void greet(JointSession client, Member member, FanOut<Boolean> greetings) {
    member
        .joined()
        .ifPresent(session ->
            greetings.ask(
                member.server(),
                settings.patience(),
                () -> {
                  joining.greet(client, member, session);
                  return true;
                }));
  }

  /** A request that went to several servers in parts is cancelled at each. */
  private void cancel(JointSession client, Message message) throws InterruptedException {
    Optional<MessageId> request = message.token("requestId");
    if (request.isEmpty()) {
      return;
    }
    FanOut<Collected> told = new FanOut<>();
    for (Requests.Sent sent : client.requests().sent(request.get())) {
      byte[] body =
          sent.id().equals(request.get())
              ? message.bytes()
              : new Splice(message.bytes())
                  .put(message.range("params.requestId").orElseThrow(), sent.id().json())
                  .bytes();
      tell(client, sent.member(), body, told);
    }
    told.answers(_ -> new Collected(_ -> {}));
  }

  private void progress(JointSession client, Message message) {
    message
        .token("progressToken")
        .flatMap(ServerIds::origin)
        .ifPresent(origin -> {
          byte[] body =
              new Splice(message.bytes())
                  .put(message.range("params.progressToken").orElseThrow(), origin.id().json())
                  .bytes();
          toOwner(client, new Owner.Known(origin.server()), body);
        });
  }

  private void toOwner(JointSession client, Owner owner, byte[] body) {
    if (owner instanceof Owner.Known(String server)) {
      client
          .member(server)
          .ifPresent(member ->
              member.joined().ifPresent(session -> lines.ask(client, member, session, body)));
    }
  }

  private void toAll(JointSession client, byte[] body) throws InterruptedException {
    FanOut<Collected> told = new FanOut<>();
    client.members().forEach(member -> tell(client, member, body, told));
    told.answers(_ -> new Collected(_ -> {}));
  }

  private void tell(JointSession client, Member member, byte[] body, FanOut<Collected> told) {
    member
        .joined()
        .ifPresent(session ->
            told.ask(
                member.server(),
                settings.patience(),
                () -> lines.ask(client, member, session, body)));
  }

  /** Sets the level of all that log. Those that join later are told when they do. */
  void level(JointSession client, Message message, ClientReply reply)
      throws IOException, InterruptedException {
    MessageId id = message.id().orElseThrow();
    client.level(message.bytes());
    FanOut<Collected> told = new FanOut<>();
    for (Member member : client.members()) {
      if (member.offers("logging")) {
        client.requests().sent(id, new Requests.Sent(member, id));
        tell(client, member, message.bytes(), told);
      }
    }
    Map<String, Collected> answers = told.answers(_ -> new Collected(_ -> {}));
    Optional<byte[]> error = Optional.empty();
    for (Collected answer : answers.values()) {
      boolean ok =
          answer.message().flatMap(Json::read).map(root -> root.has("result")).orElse(false);
      if (ok) {
        reply.send(200, Replies.empty(id));
        return;
      }
      error = error.isPresent() ? error : answer.message();
    }
    reply.send(200, error.orElseGet(() -> Replies.empty(id)));
  }
}
