package dev.tollbar.http;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.pipeline.ClientReply;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.OptionalLong;

/** The way back over HTTP. */
final class HttpReply implements ClientReply {
  static final HeaderName SESSION = HeaderNames.create("Mcp-Session-Id");
  private static final HeaderName BUFFERING = HeaderNames.create("X-Accel-Buffering");

  private final ServerResponse response;

  HttpReply(ServerResponse response) {
    this.response = response;
  }

  @Override
  public void session(String id) {
    response.header(SESSION, id);
  }

  @Override
  public void challenge(String challenge) {
    response.header(HeaderNames.WWW_AUTHENTICATE, challenge);
  }

  @Override
  public void accepted() throws IOException {
    whileClientIsThere(() -> response.status(Status.ACCEPTED_202).send());
  }

  @Override
  public void send(int status, byte[] json) throws IOException {
    if (status == Status.SERVICE_UNAVAILABLE_503.code()) {
      response.header(HeaderNames.RETRY_AFTER, Refused.RETRY_AFTER);
    }
    whileClientIsThere(() ->
        response.status(Status.create(status)).header(HeaderValues.CONTENT_TYPE_JSON).send(json));
  }

  @Override
  public OutputStream json(int status, OptionalLong length) throws IOException {
    response.status(Status.create(status)).header(HeaderValues.CONTENT_TYPE_JSON);
    if (length.isPresent()) {
      response.header(HeaderNames.CONTENT_LENGTH, Long.toString(length.getAsLong()));
    }
    return new CheckedOutputStream(response.outputStream());
  }

  @Override
  public Events events() throws IOException {
    response
        .header(HeaderNames.CONTENT_TYPE, "text/event-stream")
        .header(HeaderNames.CACHE_CONTROL, "no-cache, no-transform")
        .header(BUFFERING, "no");
    OutputStream stream = new CheckedOutputStream(response.outputStream());
    stream.flush();
    return new Events() {
      @Override
      public void write(Event event) throws IOException {
        stream.write(event.raw());
        stream.flush();
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  /** The web server reports a client that left by unchecked exceptions of its own. */
  private static void whileClientIsThere(Runnable write) throws IOException {
    try {
      write.run();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } catch (IllegalStateException e) {
      throw e; // an answer after an answer: a fault of ours
    } catch (RuntimeException e) {
      throw new IOException("the client left", e);
    }
  }

  /** The same for streams. */
  private static final class CheckedOutputStream extends OutputStream {
    private final OutputStream stream;

    CheckedOutputStream(OutputStream stream) {
      this.stream = stream;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      checked(() -> stream.write(bytes, from, length));
    }

    @Override
    public void flush() throws IOException {
      checked(stream::flush);
    }

    @Override
    public void close() throws IOException {
      checked(stream::close);
    }

    private static void checked(Write write) throws IOException {
      try {
        write.run();
      } catch (RuntimeException e) {
        throw new IOException("the client left", e);
      }
    }

    private interface Write {
      void run() throws IOException;
    }
  }
}
