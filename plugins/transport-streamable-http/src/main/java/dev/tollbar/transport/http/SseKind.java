package dev.tollbar.transport.http;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;
import javax.net.ssl.SSLSocketFactory;
import org.pf4j.Extension;

/** The transport kind {@code sse}. */
@Extension
public final class SseKind implements TransportKind<SseConfig> {

  @Override
  public String name() {
    return "sse";
  }

  @Override
  public Class<SseConfig> configType() {
    return SseConfig.class;
  }

  @Override
  public UpstreamTransport open(SseConfig config, TransportContext context) {
    return new SseTransport(
        config, context, () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
  }
}
