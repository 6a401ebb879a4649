package dev.tollbar.plugins;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamReply;
import java.time.Duration;
import java.util.Optional;

/**
 * Events that come from code of a plugin that did not come with the gateway.
 *
 * @param silence how long the next one may be waited for
 */
record StrangersEvents(EventStream stream, StrangersTransport transport, Duration silence)
    implements UpstreamReply.Events {

  @Override
  public Optional<Event> next() throws UpstreamException, InterruptedException {
    return transport.call(silence, true, stream::next, _ -> {});
  }

  @Override
  public void close() {
    transport.end(stream::close);
  }
}
