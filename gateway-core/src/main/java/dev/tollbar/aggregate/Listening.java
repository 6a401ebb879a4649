package dev.tollbar.aggregate;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.pipeline.ClientReply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings what servers say by themselves to the client's common stream, while it has one. */
final class Listening {
  private static final Logger LOG = LoggerFactory.getLogger(Listening.class);

  private final Lines lines;
  private final Settings settings;

  Listening(Lines lines, Settings settings) {
    this.lines = lines;
    this.settings = settings;
  }

  /**
   * Listens to a server until the client's stream ends, or the server offers none.
   *
   * @param lost called when the server has lost its session
   */
  void listen(JointSession client, Member member, Runnable lost) {
    member.listen(it -> hear(client, it, lost));
  }

  private void hear(JointSession client, Member member, Runnable lost) {
    try {
      boolean again = true;
      for (int quiet = 0; again && client.outlet().isOpen(); quiet++) {
        Optional<Joined> session = member.joined();
        if (session.isEmpty()) {
          return;
        }
        Heard heard = new Heard(client, new FromServer(client, member, session.get(), lines));
        lines.listen(client, member, session.get(), Optional.empty(), heard);
        again = heard.begun && !Thread.currentThread().isInterrupted();
        quiet = heard.events > 0 ? 0 : quiet;
        if (heard.status == 404) {
          member.lost(session.get());
          lost.run();
        }
        // Servers may end a stream to be asked again (MCP 2025-11-25, SSE polling).
        long pause = settings.firstRetry().toNanos() << Math.min(quiet, 16);
        again = again && !client.awaitEnd(Math.min(pause, settings.lastRetry().toNanos()));
      }
    } catch (IOException e) {
      LOG.debug("{}: the client does not listen any more: {}", member.server(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A server's stream, which becomes part of the client's. */
  private static final class Heard implements ClientReply {
    private final JointSession client;
    private final FromServer from;
    private int status;
    private boolean begun;
    private int events;

    Heard(JointSession client, FromServer from) {
      this.client = client;
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
    }

    @Override
    public OutputStream json(int with, OptionalLong length) {
      status = with;
      return new ByteArrayOutputStream();
    }

    @Override
    public Events events() {
      begun = true;
      return new Events() {
        @Override
        public void write(Event event) throws IOException {
          // What is not taken is kept for the next stream.
          if (!client.outlet().isOpen()) {
            throw new IOException("the client does not listen");
          }
          Optional<Event> passed = from.common(event);
          if (passed.isPresent() && !client.outlet().write(passed.get())) {
            throw new IOException("the client has left");
          }
          events += passed.isPresent() ? 1 : 0;
        }

        @Override
        public void close() {}
      };
    }
  }
}
