package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Listing;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Splice;
import dev.tollbar.protocol.StrictParser;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets servers join a client's session: at its beginning, later if they are slow, and again after
 * they were lost. A server that is missing is tried again, less and less often.
 */
final class Joining {
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);
  private static final byte[] INITIALIZED =
      "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"
          .getBytes(StandardCharsets.UTF_8);

  private final Lines lines;
  private final Listening listening;
  private final Settings settings;

  Joining(Lines lines, Listening listening, Settings settings) {
    this.lines = lines;
    this.listening = listening;
    this.settings = settings;
  }

  /** Lets a server join, and waits so long for it. Whoever is slower joins when it can. */
  boolean join(JointSession client, Member member, Duration wait) throws InterruptedException {
    return member.join(wait.toNanos(), () -> attempt(client, member));
  }

  private void attempt(JointSession client, Member member) {
    Collected answer = lines.begin(client, member);
    Optional<Joined> joined = joined(answer);
    if (joined.isEmpty()) {
      member.missing(reason(answer));
      retryLater(client, member);
      return;
    }
    Joined session = joined.get();
    if (client.isInitialized()) {
      greet(client, member, session);
    }
    if (client.ended() || !member.joined(session)) {
      lines.end(client, member, session);
      return;
    }
    if (client.isInitialized()) {
      greet(client, member, session);
    }
    client.unlearned();
    if (client.isAnswered()) {
      announce(client, session);
    }
    if (client.outlet().isOpen()) {
      listen(client, member);
    }
    // Whoever ended the session meanwhile may have missed this member.
    if (client.ended()) {
      member.remove().ifPresent(last -> lines.end(client, member, last));
    }
  }

  /** Listens to a server; when it loses its session, lets it join again. */
  void listen(JointSession client, Member member) {
    listening.listen(client, member, () -> retryLater(client, member));
  }

  /** Tells a server, once, that the handshake is over, and what else the client told it before. */
  void greet(JointSession client, Member member, Joined session) {
    if (!session.greeted().compareAndSet(false, true)) {
      return;
    }
    lines.ask(client, member, session, INITIALIZED);
    if (session.capabilities().has("logging")) {
      client.level().ifPresent(level -> again(client, member, session, level));
    }
    client
        .subscriptions()
        .forEach((resource, subscribe) -> {
          if (resource.server().equals(member.server())) {
            again(client, member, session, subscribe);
          }
        });
  }

  /** Sends a request of the client once more, to a new session, under an id of its own. */
  private void again(JointSession client, Member member, Joined session, byte[] request) {
    MessageId id = lines.ownId();
    try {
      Message message = StrictParser.parse(request);
      byte[] body = new Splice(request).put(message.idRange().orElseThrow(), id.json()).bytes();
      lines.ask(client, member, session, body);
    } catch (MalformedMessageException e) {
      throw new IllegalStateException("a request that was read before cannot be read", e);
    }
  }

  private static void announce(JointSession client, Joined session) {
    for (Listing listing : Listing.values()) {
      if (session.capabilities().has(Changes.capability(listing))) {
        Changes.of(listing).ifPresent(client.outlet()::tell);
      }
    }
  }

  private void retryLater(JointSession client, Member member) {
    if (member.retry()) {
      Thread.ofVirtual().name("retry " + member.server()).start(() -> retry(client, member));
    }
  }

  private void retry(JointSession client, Member member) {
    boolean ended = true;
    try {
      int doublings = Math.min(member.failures() - 1, 16);
      long pause = settings.firstRetry().toNanos() << Math.max(doublings, 0);
      ended = client.awaitEnd(Math.min(pause, settings.lastRetry().toNanos()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      member.retried();
    }
    try {
      if (!ended && !member.removed()) {
        boolean joined = join(client, member, Duration.ZERO);
        LOG.debug("{}: tried again: {}", member.server(), joined ? "there" : "waiting");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Optional<Joined> joined(Collected answer) {
    return answer
        .message()
        .flatMap(Json::read)
        .map(root -> root.path("result"))
        .filter(JsonNode::isObject)
        .flatMap(result -> answer.session().map(id -> new Joined(id, result)));
  }

  /** Why there is no session. The words are the gateway's own, whatever the server said. */
  private static String reason(Collected answer) {
    int code =
        answer
            .message()
            .flatMap(Json::read)
            .map(root -> root.path("error").path("code").asInt())
            .orElse(0);
    return switch (code) {
      case ErrorCode.UPSTREAM_FAILED -> "It cannot be reached, or did not answer.";
      case ErrorCode.POLICY_DENIED -> "The policy does not permit a session on it.";
      default ->
          answer.status() == 401 || answer.status() == 403
              ? "The grant does not reach it any more."
              : "It did not begin a session.";
    };
  }
}
