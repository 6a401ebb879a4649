package dev.tollbar.plugins;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamReply;
import java.util.Optional;

/**
 * Events that come from code of a plugin that did not come with the gateway.
 *
 * @param silent whether it may say nothing for as long as it likes
 */
record StrangersEvents(EventStream stream, StrangersTransport transport, boolean silent)
    implements UpstreamReply.Events {

  @Override
  public Optional<Event> next() throws UpstreamException, InterruptedException {
    return silent ? transport.listen(stream::next) : transport.next(stream::next);
  }

  @Override
  public void close() {
    transport.end(stream::close);
  }
}
