package dev.tollbar.transport.http;

import dev.tollbar.api.UpstreamReply;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** A reply that is one JSON message. */
final class HttpMessage implements UpstreamReply.Single {
  private final ReplyHead head;
  private final InputStream body;

  HttpMessage(ReplyHead head, InputStream body) {
    this.head = head;
    this.body = body;
  }

  @Override
  public int status() {
    return head.status();
  }

  @Override
  public InputStream body() {
    return body;
  }

  @Override
  public OptionalLong length() {
    return head.length();
  }

  @Override
  public void close() {
    try {
      body.close();
    } catch (IOException e) {
      // Closing a reply reads nothing, so nothing can fail.
    }
  }
}
