package dev.tollbar.pipeline;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Room for the replies that are held as a whole, because something in them is changed or looked
 * for: each has a bound of its own, and many at once must not use up the memory. Safe for use by
 * many threads.
 */
final class ReplyRoom {
  private final long most;
  private final AtomicLong held = new AtomicLong();

  /**
   * Room without anything in it.
   *
   * @param most how many bytes there is room for
   */
  ReplyRoom(long most) {
    this.most = most;
  }

  /** A quarter of the heap: while a reply is changed it is there more than once. */
  static ReplyRoom ofThisProcess() {
    return new ReplyRoom(Runtime.getRuntime().maxMemory() / 4);
  }

  /** What one reply has of the room until it is sent. */
  Place enter() {
    return new Place();
  }

  /** How many bytes are held. */
  long held() {
    return held.get();
  }

  /** Used by one thread. */
  final class Place implements AutoCloseable {
    private long taken;

    private Place() {}

    /**
     * Makes room for so many bytes in all.
     *
     * @throws UpstreamException when there is none
     */
    void take(long bytes) throws UpstreamException {
      long more = bytes - taken;
      if (held.addAndGet(more) > most) {
        held.addAndGet(-more);
        throw new UpstreamException(
            Reason.EXHAUSTED,
            true,
            0,
            "replies that have to be held as a whole take more than " + most + " bytes");
      }
      taken = bytes;
    }

    @Override
    public void close() {
      held.addAndGet(-taken);
      taken = 0;
    }
  }
}
