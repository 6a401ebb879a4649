package dev.tollbar.transport.http;

import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;
import javax.net.ssl.SSLSocketFactory;
import org.pf4j.Extension;

/** The transport kind {@code streamable_http}. */
@Extension
public final class StreamableHttpKind implements TransportKind<StreamableHttpConfig> {

  @Override
  public String name() {
    return "streamable_http";
  }

  @Override
  public Class<StreamableHttpConfig> configType() {
    return StreamableHttpConfig.class;
  }

  @Override
  public UpstreamTransport open(StreamableHttpConfig config, TransportContext context) {
    return new StreamableHttpTransport(
        config, context, () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
  }
}
