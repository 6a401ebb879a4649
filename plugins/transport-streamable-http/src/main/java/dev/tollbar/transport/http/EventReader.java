package dev.tollbar.transport.http;

import dev.tollbar.api.EventStream.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Cuts a stream of bytes into server-sent events, each as soon as its last byte is there. Lines end
 * in LF, CR or CRLF. Source: WHATWG HTML, section 9.2.
 *
 * <p>Three things do not come through: a byte order mark at the start, blank lines between events,
 * and events of a type other than {@code message}, which clients must ignore and no rule has seen.
 */
final class EventReader {
  static final String MESSAGE = "message";
  private static final int FIRST_SIZE = 1024;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final InputStream in;
  private final int mostBytes;
  private final ByteArrayOutputStream data = new ByteArrayOutputStream(0);
  private byte[] buffer = new byte[FIRST_SIZE];
  private int event;
  private int line;
  private int scan;
  private int limit;
  private boolean started;
  private boolean afterCr;
  private boolean anyField;
  private boolean anyData;
  private boolean seenId;
  private String type = MESSAGE;

  /**
   * Reads from the start of a stream.
   *
   * @param mostBytes how many bytes one event may have
   */
  EventReader(InputStream in, int mostBytes) {
    this.in = in;
    this.mostBytes = mostBytes;
  }

  /** An event of any type. */
  record Typed(String type, Event event) {}

  /** Whether any event had an id. */
  boolean seenId() {
    return seenId;
  }

  /** Blocks for the next event; empty at the end. What has no blank line after it is no event. */
  Optional<Event> next() throws IOException {
    while (true) {
      Optional<Typed> next = nextOfAnyType();
      if (next.isEmpty() || next.get().type().equals(MESSAGE)) {
        return next.map(Typed::event);
      }
    }
  }

  /** As {@link #next}, and lets no event out. */
  Optional<Typed> nextOfAnyType() throws IOException {
    while (true) {
      skipLineFeedOfCr();
      while (scan < limit && buffer[scan] != '\n' && buffer[scan] != '\r') {
        scan++;
      }
      if (scan == limit) {
        if (!fill()) {
          return Optional.empty();
        }
        continue;
      }
      Optional<Typed> complete = endLine();
      if (complete.isPresent()) {
        return complete;
      }
    }
  }

  /** A CR may have been the last byte there was: its LF, if any, comes later. */
  private void skipLineFeedOfCr() {
    if (afterCr && scan < limit) {
      afterCr = false;
      if (buffer[scan] == '\n') {
        scan++;
        if (event == line) {
          event = scan;
        }
        line = scan;
      }
    }
  }

  private Optional<Typed> endLine() {
    int end = scan;
    if (buffer[scan] == '\r') {
      if (scan + 1 == limit) {
        afterCr = true;
      } else if (buffer[scan + 1] == '\n') {
        scan++;
      }
    }
    scan++;
    Optional<Typed> complete = Optional.empty();
    if (end > line) {
      field(line, end);
    } else {
      if (anyField) {
        byte[] raw = Arrays.copyOfRange(buffer, event, scan);
        complete = Optional.of(new Typed(type, new Event(raw, data.toByteArray())));
      }
      event = scan;
      data.reset();
      anyField = false;
      anyData = false;
      type = MESSAGE;
    }
    line = scan;
    return complete;
  }

  private void field(int from, int end) {
    anyField = true;
    int colon = from;
    while (colon < end && buffer[colon] != ':') {
      colon++;
    }
    int value = Math.min(colon + 1, end);
    if (value < end && buffer[value] == ' ') {
      value++;
    }
    if (is("data", from, colon)) {
      if (anyData) {
        data.write('\n');
      }
      anyData = true;
      data.write(buffer, value, end - value);
    } else if (is("event", from, colon)) {
      boolean usual = end == value || is(MESSAGE, value, end);
      type = usual ? MESSAGE : new String(buffer, value, end - value, StandardCharsets.UTF_8);
    } else if (is("id", from, colon)) {
      seenId |= end > value;
    }
  }

  private boolean is(String text, int from, int to) {
    if (to - from != text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (buffer[from + i] != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private boolean fill() throws IOException {
    if (event > 0) {
      System.arraycopy(buffer, event, buffer, 0, limit - event);
      limit -= event;
      scan -= event;
      line -= event;
      event = 0;
    }
    if (limit >= mostBytes) {
      throw new MalformedReplyException("an event of more than " + mostBytes + " bytes");
    }
    if (limit == buffer.length) {
      buffer = Arrays.copyOf(buffer, (int) Math.min(mostBytes, buffer.length * 2L));
    }
    int count = in.read(buffer, limit, buffer.length - limit);
    if (count < 0) {
      return false;
    }
    limit += count;
    if (!started) {
      skipByteOrderMark();
    }
    return true;
  }

  private void skipByteOrderMark() throws IOException {
    for (int i = 0; i < BYTE_ORDER_MARK.length; i++) {
      if (i == limit && !readOne()) {
        break;
      }
      if (buffer[i] != BYTE_ORDER_MARK[i]) {
        started = true;
        return;
      }
    }
    started = true;
    if (limit >= BYTE_ORDER_MARK.length) {
      event = BYTE_ORDER_MARK.length;
      line = event;
      scan = event;
    }
  }

  private boolean readOne() throws IOException {
    int count = in.read(buffer, limit, 1);
    if (count > 0) {
      limit += count;
    }
    return count > 0;
  }
}
