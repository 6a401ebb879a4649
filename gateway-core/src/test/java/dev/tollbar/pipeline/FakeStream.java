package dev.tollbar.pipeline;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;

/** A stream that says what it is told, when it is told, until it is closed. */
public final class FakeStream implements EventStream {
  private final LinkedBlockingQueue<FakeReply.Step> steps = new LinkedBlockingQueue<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** Says an event. */
  public FakeStream says(Event event) {
    steps.add(() -> Optional.of(event));
    return this;
  }

  public FakeStream says(String json) {
    return says(FakeUpstream.event(json));
  }

  /** The server ends the stream. */
  public FakeStream ends() {
    steps.add(Optional::empty);
    return this;
  }

  /** Waits until the gateway has closed it. */
  public void awaitClosed() throws InterruptedException {
    closed.await();
  }

  @Override
  public Optional<Event> next() throws UpstreamException, InterruptedException {
    return closed.getCount() == 0 ? Optional.empty() : steps.take().take();
  }

  @Override
  public void close() {
    closed.countDown();
    ends();
  }
}
