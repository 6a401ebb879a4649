package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.util.Optional;

/**
 * A line to a modern server over HTTP, which notices when a server might not be modern any more: it
 * refuses requests in a way that legacy servers have too.
 */
final class WatchedLine implements UpstreamSession {
  private final UpstreamSession line;
  private final Runnable doubt;

  WatchedLine(UpstreamSession line, Runnable doubt) {
    this.line = line;
    this.doubt = doubt;
  }

  @Override
  public UpstreamReply send(UpstreamMessage message)
      throws UpstreamException, InterruptedException {
    try {
      UpstreamReply reply = line.send(message);
      if (reply instanceof UpstreamReply.Single single) {
        watch(single.status());
      }
      return reply;
    } catch (UpstreamException e) {
      if (e.reason() == Reason.REFUSED) {
        watch(e.status());
      }
      throw e;
    }
  }

  private void watch(int status) {
    if (status / 100 == 4 && !EraProbe.decidesNothing(status)) {
      doubt.run();
    }
  }

  @Override
  public EventStream listen(Optional<String> lastEventId)
      throws UpstreamException, InterruptedException {
    return line.listen(lastEventId);
  }

  @Override
  public boolean alive() {
    return line.alive();
  }

  @Override
  public void close() {
    line.close();
  }
}
