package dev.tollbar.transport.common;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamReply;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;

/** What the {@link Switchboard} has for a call, in the forms that replies have. */
public final class CallReply {
  private static final byte[] BEFORE = "event: message\ndata: ".getBytes(StandardCharsets.US_ASCII);

  private CallReply() {}

  /**
   * Blocks for the first message of a call. If that is the response already, the call is over; else
   * it goes on until the reply is closed.
   *
   * @return empty once the call is closed
   */
  public static Optional<UpstreamReply> of(Switchboard.Call call)
      throws UpstreamException, InterruptedException {
    return call.next()
        .map(first -> first.last() ? new Message(first.json()) : new Messages(first, call));
  }

  /** A message in the form of a server-sent event. It has no line breaks. */
  static Event event(byte[] json) {
    byte[] raw = new byte[BEFORE.length + json.length + 2];
    System.arraycopy(BEFORE, 0, raw, 0, BEFORE.length);
    System.arraycopy(json, 0, raw, BEFORE.length, json.length);
    raw[raw.length - 2] = '\n';
    raw[raw.length - 1] = '\n';
    return new Event(raw, json);
  }

  /** A response that nothing came before. */
  private static final class Message implements UpstreamReply.Single {
    private final byte[] json;

    Message(byte[] json) {
      this.json = json;
    }

    @Override
    public int status() {
      return 200;
    }

    @Override
    public InputStream body() {
      return new ByteArrayInputStream(json);
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.of(json.length);
    }

    @Override
    public void close() {}
  }

  /** What came before a response, and the response. */
  private static final class Messages implements UpstreamReply.Events {
    private final Switchboard.Call call;
    private Optional<Switchboard.Delivery> first;
    private boolean answered;

    Messages(Switchboard.Delivery first, Switchboard.Call call) {
      this.first = Optional.of(first);
      this.call = call;
    }

    @Override
    public Optional<Event> next() throws UpstreamException, InterruptedException {
      if (answered) {
        return Optional.empty();
      }
      Optional<Switchboard.Delivery> delivery = first;
      first = Optional.empty();
      if (delivery.isEmpty()) {
        delivery = nextOrClose();
      }
      answered = delivery.isEmpty() || delivery.get().last();
      return delivery.map(d -> event(d.json()));
    }

    private Optional<Switchboard.Delivery> nextOrClose()
        throws UpstreamException, InterruptedException {
      try {
        return call.next();
      } catch (UpstreamException e) {
        call.close();
        throw e;
      }
    }

    @Override
    public void close() {
      call.close();
    }
  }
}
