package dev.tollbar.http;

import java.io.IOException;
import java.util.Map;

/** What the admin API or the console answers. */
public sealed interface AdminReply {

  /** All at once. */
  record Whole(int status, Map<String, String> headers, byte[] body) implements AdminReply {
    public Whole {
      headers = Map.copyOf(headers);
    }
  }

  /** Server-sent events, for as long as the source likes. */
  record Events(Source source) implements AdminReply {}

  /** Says what happens. */
  @FunctionalInterface
  interface Source {
    /**
     * Writes events until there are no more, or the reader is gone.
     *
     * @throws IOException when the reader is gone
     */
    void run(Sink sink) throws IOException, InterruptedException;
  }

  /** Where events go. */
  @FunctionalInterface
  interface Sink {
    /**
     * Writes, and sends it on its way.
     *
     * @param text one or more events, or a comment, each with the empty line that ends it
     */
    void write(String text) throws IOException;
  }
}
