package dev.tollbar.pipeline;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes on to a channel what a server says by itself, for as long as the session lasts. A stream
 * that ends is opened anew, as clients do that have one of their own.
 */
final class Listener implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final Gateway gateway;
  private final Channel channel;
  private final Arrival inside;
  private final CountDownLatch closed;

  /**
   * A listener.
   *
   * @param inside the session
   * @param closed when the client is gone
   */
  Listener(Gateway gateway, Channel channel, Arrival inside, CountDownLatch closed) {
    this.gateway = gateway;
    this.channel = channel;
    this.inside = inside;
    this.closed = closed;
  }

  @Override
  public void run() {
    try {
      listen();
    } catch (IOException e) {
      LOG.debug("the client left: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void listen() throws IOException, InterruptedException {
    Duration pause = SHORTEST_PAUSE;
    boolean offered = true;
    do {
      if (offered) {
        ChannelReply reply = ChannelReply.silent(channel);
        gateway.listen(inside, reply);
        offered = reply.streamed();
        pause = reply.heard() ? SHORTEST_PAUSE : longer(pause);
      }
      // Asking also keeps a session in use whose server has no such stream.
    } while (!closed.await(pause.toMillis(), TimeUnit.MILLISECONDS) && gateway.stillThere(inside));
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }
}
