package dev.tollbar.stdio;

import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.Conversation;
import dev.tollbar.pipeline.Gateway;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.stdio.LineReader.Line;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Serves one client over pipes (MCP 2025-11-25, basic/transports, stdio): one message a line. The
 * messages of a batch are answered one by one, a line each.
 */
public final class StdioFront {
  private static final int LONGEST_LINE = 4 * 1024 * 1024;

  /** How long calls may take to end after the client has closed its end. */
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final Gateway gateway;
  private final String server;
  private final InstantSource clock;
  private final StdioClient client;

  /**
   * A front.
   *
   * @param server which server the client talks to
   */
  public StdioFront(Gateway gateway, String server, OutputStream out, InstantSource clock) {
    this.gateway = gateway;
    this.server = server;
    this.clock = clock;
    this.client = new StdioClient(out);
  }

  /** Serves until the client closes its end, then ends the session. */
  public void serve(InputStream in) throws IOException, InterruptedException {
    try (Conversation conversation = new Conversation(gateway, client, arrival(new byte[0]));
        BufferedInputStream lines = new BufferedInputStream(in, 64 * 1024)) {
      LineReader reader = new LineReader(lines, LONGEST_LINE);
      for (Optional<Line> line = reader.next(); line.isPresent(); line = reader.next()) {
        if (line.get().tooLong()) {
          client.message(tooLong());
        } else if (!line.get().isEmpty()) {
          conversation.take(arrival(line.get().bytes()));
        }
      }
      conversation.drain(GRACE);
    }
  }

  private static byte[] tooLong() {
    return Errors.reply(Optional.empty(), ErrorCode.INVALID_REQUEST, "The message is too large.");
  }

  private Arrival arrival(byte[] body) {
    Optional<String> none = Optional.empty();
    return new Arrival(
        server,
        Arrival.Door.STDIO,
        new Arrival.Headers(none, none, none, none, none, none, none, none, true),
        body,
        clock.instant());
  }
}
