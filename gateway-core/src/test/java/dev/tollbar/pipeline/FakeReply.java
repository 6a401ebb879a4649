package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamReply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;

/** Replies of servers. */
public final class FakeReply {
  private FakeReply() {}

  record Body(int status, InputStream body, OptionalLong length) implements UpstreamReply.Single {
    Body(InputStream body, OptionalLong length) {
      this(200, body, length);
    }

    @Override
    public void close() {}
  }

  /** What the stream does next. */
  @FunctionalInterface
  public interface Step {
    Optional<EventStream.Event> take() throws UpstreamException, InterruptedException;
  }

  /** Events in order. The last step is repeated for ever. */
  public static final class Stream implements UpstreamReply.Events {
    private final Deque<Step> steps;
    private final CountDownLatch closed = new CountDownLatch(1);

    private Stream(List<Step> steps) {
      this.steps = new ArrayDeque<>(steps);
    }

    @Override
    public Optional<Event> next() throws UpstreamException, InterruptedException {
      if (closed()) {
        return Optional.empty();
      }
      Step step = steps.size() > 1 ? steps.removeFirst() : steps.getFirst();
      return step.take();
    }

    @Override
    public void close() {
      closed.countDown();
    }

    public boolean closed() {
      return closed.getCount() == 0;
    }

    /** Waits until the gateway has closed it. */
    public void awaitClosed() throws InterruptedException {
      closed.await();
    }

    int left() {
      return steps.size() - 1;
    }
  }

  /** One message of known length. */
  public static UpstreamReply of(String json) {
    return of(200, json);
  }

  /** The same with another status. */
  static UpstreamReply of(int status, String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return new Body(status, new ByteArrayInputStream(bytes), OptionalLong.of(bytes.length));
  }

  /** One message of a length that nobody knows before. */
  static UpstreamReply chunked(String json) {
    return new Body(
        new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), OptionalLong.empty());
  }

  /** A message of this length that the connection breaks off in. */
  public static UpstreamReply broken(String beginning, long length) {
    return broken(beginning, OptionalLong.of(length));
  }

  /** A message that the connection breaks off in. */
  static UpstreamReply broken(String beginning, OptionalLong length) {
    InputStream start = new ByteArrayInputStream(beginning.getBytes(StandardCharsets.UTF_8));
    InputStream end =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("secret words of the connection");
          }

          @Override
          public int read(byte[] bytes, int from, int length) throws IOException {
            throw new IOException("secret words of the connection");
          }
        };
    return new Body(new SequenceInputStream(start, end), length);
  }

  /** A stream that ends after these events. */
  public static Stream events(EventStream.Event... events) {
    List<Step> steps = new ArrayList<>();
    for (EventStream.Event event : events) {
      steps.add(() -> Optional.of(event));
    }
    steps.add(Optional::empty);
    return new Stream(steps);
  }

  /** A stream that does as it is told. */
  public static Stream steps(Step... steps) {
    return new Stream(List.of(steps));
  }
}
