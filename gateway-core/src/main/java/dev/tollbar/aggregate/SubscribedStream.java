package dev.tollbar.aggregate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.ServerMessage;
import dev.tollbar.pipeline.ClientReply;
import dev.tollbar.protocol.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server's part of a subscription to many. Begins again when it breaks off, less and less
 * often, so that a server that was down is heard later.
 */
final class SubscribedStream {
  private static final Logger LOG = LoggerFactory.getLogger(SubscribedStream.class);
  private static final String ACKNOWLEDGED = "notifications/subscriptions/acknowledged";

  private final JointSession client;
  private final Member member;
  private final Lines lines;
  private final byte[] body;
  private final CommonStream stream;
  private final Settings settings;
  private final CompletableFuture<JsonNode> acknowledged = new CompletableFuture<>();
  private final Thread thread;

  SubscribedStream(
      JointSession client,
      Member member,
      Lines lines,
      byte[] body,
      CommonStream stream,
      Settings settings) {
    this.client = client;
    this.member = member;
    this.lines = lines;
    this.body = body;
    this.stream = stream;
    this.settings = settings;
    this.thread = Thread.ofVirtual().name("subscribed " + member.server()).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  Thread thread() {
    return thread;
  }

  void stop() {
    thread.interrupt();
  }

  /** What the server has granted; waits for it. */
  JsonNode acknowledged() throws InterruptedException {
    try {
      return acknowledged.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private void run() {
    Joined session = member.joined().orElseThrow();
    try {
      boolean again = true;
      for (int quiet = 0; again && !stream.gone(); quiet++) {
        Part part = new Part(new FromServer(client, member, session, lines));
        lines.post(client, member, session, body, part);
        quiet = part.events > 0 ? 0 : quiet;
        long pause = settings.firstRetry().toNanos() << Math.min(quiet, 16);
        // A refusal of the line or of the server is its last word.
        again =
            (part.status == 0 || part.status == 200)
                && !part.refused
                && !client.awaitEnd(Math.min(pause, settings.lastRetry().toNanos()));
      }
    } catch (IOException e) {
      LOG.debug("{}: the client does not listen any more: {}", member.server(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      acknowledged.complete(MissingNode.getInstance());
    }
  }

  private final class Part implements ClientReply {
    private final FromServer from;
    private int status;
    private int events;
    private boolean refused;

    Part(FromServer from) {
      this.from = from;
    }

    @Override
    public void session(String id) {}

    @Override
    public void challenge(String challenge) {}

    @Override
    public void accepted() {}

    @Override
    public void send(int with, byte[] json) {
      status = with;
      answer(json);
    }

    /** An error of the gateway's own says that the server is away; any other one is its answer. */
    private void answer(byte[] json) {
      int code = Json.read(json).map(it -> it.path("error").path("code").asInt()).orElse(0);
      refused |= code != 0 && code != ErrorCode.UPSTREAM_FAILED;
    }

    @Override
    public OutputStream json(int with, OptionalLong length) {
      status = with;
      return new ByteArrayOutputStream();
    }

    @Override
    public Events events() {
      status = 200;
      return new Events() {
        @Override
        public void write(Event event) throws IOException {
          take(event);
          if (stream.gone()) {
            throw new IOException("the client does not listen");
          }
        }

        @Override
        public void close() {}
      };
    }

    private void take(Event event) {
      Optional<ServerMessage> read =
          event.data().length == 0 ? Optional.empty() : ServerMessage.read(event.data());
      if (read.isEmpty()) {
        return;
      }
      if (read.get().kind() == Kind.RESPONSE) {
        answer(event.data());
      } else if (read.get().method().equals(ACKNOWLEDGED)) {
        events++;
        Json.read(event.data())
            .ifPresent(it -> acknowledged.complete(it.path("params").path("notifications")));
      } else {
        events++;
        from.common(event).ifPresent(stream::write);
      }
    }
  }
}
