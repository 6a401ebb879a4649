package dev.tollbar.aggregate;

import dev.tollbar.aggregate.Owners.Owner;
import dev.tollbar.api.MessageId;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.Listing;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Splice;
import dev.tollbar.protocol.Target;
import dev.tollbar.protocol.ToolCall;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Requests that are for one of the servers: finds which, and what that one calls the thing. */
final class Calls {
  private final Lines lines;
  private final Joining joining;
  private final Lists lists;
  private final Settings settings;

  Calls(Lines lines, Joining joining, Lists lists, Settings settings) {
    this.lines = lines;
    this.joining = joining;
    this.lists = lists;
    this.settings = settings;
  }

  /** Takes a request to its server, and the answer back. */
  void call(JointSession client, Message message, Door door, ClientReply reply)
      throws IOException, InterruptedException, MalformedMessageException {
    switch (door) {
      case TOOL_CALL ->
          named(client, message, ToolCall.of(message).name(), "params.name", Listing.TOOLS, reply);
      case PROMPT_GET ->
          named(
              client,
              message,
              Target.prompt(message).name(),
              "params.name",
              Listing.PROMPTS,
              reply);
      case RESOURCE_READ ->
          resource(client, message, Target.resource(message).name(), "params.uri", reply);
      case COMPLETION -> {
        Target target = Target.completion(message);
        if (target.kind() == Target.Kind.PROMPT) {
          named(client, message, target.name(), "params.ref.name", Listing.PROMPTS, reply);
        } else {
          resource(client, message, target.name(), "params.ref.uri", reply);
        }
      }
      case TASK -> task(client, message, Target.task(message).name(), reply);
      default -> throw new IllegalArgumentException("not for one server: " + door);
    }
  }

  private void named(
      JointSession client,
      Message message,
      String shown,
      String range,
      Listing listing,
      ClientReply reply)
      throws IOException, InterruptedException {
    Optional<Owned> owned = client.names().find(shown);
    if (owned.isEmpty() && client.mayLearn(listing)) {
      lists.learn(client, listing);
      owned = client.names().find(shown);
    }
    if (owned.isEmpty()) {
      String what = listing == Listing.TOOLS ? "tool" : "prompt";
      refuse(
          message, ErrorCode.INVALID_PARAMS, "There is no " + what + " of this name here.", reply);
      return;
    }
    send(client, owned.get(), message, spliced(message, range, shown, owned.get()), reply);
  }

  private void resource(
      JointSession client, Message message, String uri, String range, ClientReply reply)
      throws IOException, InterruptedException {
    Optional<Owned> owned = owner(client, uri);
    if (owned.isEmpty()) {
      refuse(
          message,
          ErrorCode.resourceNotFound(client.revision()),
          "It is not known here which server has this resource: list resources first, or put"
              + " #tollbar= and the server's name behind the URI.",
          reply);
      return;
    }
    byte[] body = spliced(message, range, uri, owned.get());
    send(client, owned.get(), message, body, reply);
    if (message.method().equals("resources/subscribe")) {
      client.subscribed(owned.get(), body);
    } else if (message.method().equals("resources/unsubscribe")) {
      client.unsubscribed(owned.get());
    }
  }

  private Optional<Owned> owner(JointSession client, String uri) throws InterruptedException {
    Set<String> servers = new HashSet<>();
    client.members().forEach(member -> servers.add(member.server()));
    Optional<Owned> owned = client.uris().find(uri, servers);
    if (owned.isEmpty() && client.mayLearn(Listing.RESOURCES)) {
      lists.learn(client, Listing.RESOURCES);
      lists.learn(client, Listing.TEMPLATES);
      owned = client.uris().find(uri, servers);
    }
    return owned.isPresent()
        ? owned
        : only(client, "resources").map(member -> new Owned(member.server(), uri));
  }

  /** The one member that offers something, if no other one could: none is missing. */
  private static Optional<Member> only(JointSession client, String capability) {
    if (!client.degraded().isEmpty()) {
      return Optional.empty();
    }
    List<Member> able =
        client.members().stream().filter(member -> member.offers(capability)).toList();
    return able.size() == 1 ? Optional.of(able.getFirst()) : Optional.empty();
  }

  private void task(JointSession client, Message message, String task, ClientReply reply)
      throws IOException, InterruptedException {
    Optional<String> server =
        switch (client.tasks().find(task)) {
          case Owner.Known(String owner) -> Optional.of(owner);
          case Owner.Unknown _ -> only(client, "tasks").map(Member::server);
          case Owner.Contested _ -> Optional.empty();
        };
    if (server.isEmpty()) {
      refuse(message, ErrorCode.INVALID_PARAMS, "There is no task of this id here.", reply);
      return;
    }
    send(client, new Owned(server.get(), task), message, message.bytes(), reply);
  }

  private static byte[] spliced(Message message, String range, String shown, Owned owned) {
    return owned.name().equals(shown)
        ? message.bytes()
        : new Splice(message.bytes())
            .putText(message.range(range).orElseThrow(), owned.name())
            .bytes();
  }

  private void send(
      JointSession client, Owned owned, Message message, byte[] body, ClientReply reply)
      throws IOException, InterruptedException {
    MessageId id = message.id().orElseThrow();
    Optional<Member> found = client.member(owned.server());
    if (found.isEmpty()) {
      // The line refuses it as it does at the server's own address, and records that.
      Collected refusal = lines.knock(client, owned.server(), body);
      reply.send(200, refusal.message().orElseGet(() -> unreachable(id, owned.server())));
      return;
    }
    Member member = found.get();
    boolean makesTask = message.params().has("task");
    for (int attempt = 0; ; attempt++) {
      boolean joined = joining.join(client, member, settings.patience());
      Optional<Joined> session = member.joined();
      if (!joined || session.isEmpty()) {
        reply.send(200, unreachable(id, owned.server()));
        return;
      }
      client.requests().sent(id, new Requests.Sent(member, id));
      FromServer from = new FromServer(client, member, session.get(), lines, makesTask);
      Relayed relayed = new Relayed(reply, from, attempt == 0 && !session.get().isAlone());
      lines.post(client, member, session.get(), body, relayed);
      if (!relayed.lost()) {
        return;
      }
      member.lost(session.get());
    }
  }

  private static byte[] unreachable(MessageId id, String server) {
    return Errors.reply(
        Optional.of(id),
        ErrorCode.UPSTREAM_FAILED,
        "The server " + server + " cannot be reached now.");
  }

  private static void refuse(Message message, int code, String why, ClientReply reply)
      throws IOException {
    reply.send(200, Errors.reply(message.id(), code, why));
  }
}
