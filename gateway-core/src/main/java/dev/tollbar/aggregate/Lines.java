package dev.tollbar.aggregate;

import dev.tollbar.api.MessageId;
import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.pipeline.Gateway;
import dev.tollbar.pipeline.Pinned;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.StrictParser;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what a client wants of one server as the client itself would: each message takes the whole
 * request line of that server.
 */
final class Lines {
  private static final Logger LOG = LoggerFactory.getLogger(Lines.class);

  private final Gateway gateway;
  private final InstantSource clock;
  private final AtomicLong parts = new AtomicLong();

  Lines(Gateway gateway, InstantSource clock) {
    this.gateway = gateway;
    this.clock = clock;
  }

  private static Message parsed(byte[] body) {
    try {
      return StrictParser.parse(body);
    } catch (MalformedMessageException e) {
      throw new IllegalStateException("a request that was read before cannot be read", e);
    }
  }

  /** An id for a request of the gateway's own, which meets none of a client's. */
  MessageId ownId() {
    return MessageId.text("dev.tollbar/" + parts.incrementAndGet());
  }

  /** Begins a session on one server. */
  Collected begin(JointSession client, Member member) {
    Collected answer = new Collected(_ -> {});
    try {
      gateway.post(
          arrival(
              client,
              member.server(),
              Optional.empty(),
              Optional.empty(),
              client.initialize().bytes()),
          answer);
    } catch (IOException e) {
      LOG.debug("{}: no answer to initialize: {}", member.server(), e.getMessage());
    }
    return answer;
  }

  /** Sends a request to a server that the grant does not reach, to be refused. */
  Collected knock(JointSession client, String server, byte[] body) {
    Collected answer = new Collected(_ -> {});
    try {
      gateway.post(arrival(client, server, Optional.empty(), Optional.empty(), body), answer);
    } catch (IOException e) {
      LOG.debug("{}: no refusal: {}", server, e.getMessage());
    }
    return answer;
  }

  void post(JointSession client, Member member, Joined session, byte[] body, ClientReply reply)
      throws IOException {
    gateway.post(
        arrival(client, member.server(), Optional.of(session), Optional.empty(), body), reply);
  }

  /** The gateway under one revision. The caller closes it. */
  Pinned pin() {
    return gateway.pin();
  }

  /** Sends a message whose answer is the gateway's own business. */
  Collected ask(JointSession client, Member member, Joined session, byte[] body) {
    return ask(gateway::post, client, member, session, body);
  }

  /** The same, under one revision. */
  Collected ask(Pinned pinned, JointSession client, Member member, Joined session, byte[] body) {
    return ask(pinned::post, client, member, session, body);
  }

  private interface Post {
    void post(Arrival arrival, ClientReply reply) throws IOException;
  }

  private Collected ask(Post to, JointSession client, Member member, Joined session, byte[] body) {
    FromServer from = new FromServer(client, member, session, this);
    Collected answer = new Collected(from::aside);
    try {
      to.post(
          arrival(client, member.server(), Optional.of(session), Optional.empty(), body), answer);
    } catch (IOException e) {
      LOG.debug("{}: no answer: {}", member.server(), e.getMessage());
    }
    return answer;
  }

  /** Tells a server that its request cannot be put to the client. */
  void refuse(
      JointSession client, Member member, Joined session, MessageId id, int code, String why) {
    byte[] error = Errors.reply(Optional.of(id), code, why);
    try {
      post(client, member, session, error, new Collected(_ -> {}));
    } catch (IOException e) {
      LOG.debug("{}: the refusal did not arrive: {}", member.server(), e.getMessage());
    }
  }

  void listen(
      JointSession client,
      Member member,
      Joined session,
      Optional<String> lastEventId,
      ClientReply reply)
      throws IOException {
    gateway.listen(
        arrival(client, member.server(), Optional.of(session), lastEventId, new byte[0]), reply);
  }

  void end(JointSession client, Member member, Joined session) {
    Arrival arrival =
        arrival(client, member.server(), Optional.of(session), Optional.empty(), new byte[0]);
    try {
      gateway.end(arrival, new Collected(_ -> {}));
    } catch (IOException e) {
      LOG.debug("{}: the session did not end: {}", member.server(), e.getMessage());
    }
  }

  private Arrival arrival(
      JointSession client,
      String server,
      Optional<Joined> session,
      Optional<String> lastEventId,
      byte[] body) {
    Arrival last = client.last();
    Arrival.Headers headers =
        last.headers()
            .in(session.flatMap(Joined::id), session.flatMap(Joined::revision), lastEventId)
            .speaking();
    return new Arrival(
        server,
        last.door(),
        session.filter(Joined::isAlone).isPresent() ? headers.repeating(parsed(body)) : headers,
        body,
        clock.instant());
  }
}
