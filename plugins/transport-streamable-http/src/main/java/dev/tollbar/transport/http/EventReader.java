package dev.tollbar.transport.http;

import dev.tollbar.api.EventStream.Event;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
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
  private static final int FIRST_SIZE = 8 * 1024;
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
  private boolean foreign;

  /**
   * Reads from the start of a stream.
   *
   * @param mostBytes how many bytes one event may have
   */
  EventReader(InputStream in, int mostBytes) {
    this.in = in;
    this.mostBytes = mostBytes;
  }

  /** Blocks for the next event; empty at the end. What has no blank line after it is no event. */
  Optional<Event> next() throws IOException {
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
      Optional<Event> complete = endLine();
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

  private Optional<Event> endLine() {
    int end = scan;
    if (buffer[scan] == '\r') {
      if (scan + 1 == limit) {
        afterCr = true;
      } else if (buffer[scan + 1] == '\n') {
        scan++;
      }
    }
    scan++;
    Optional<Event> complete = Optional.empty();
    if (end > line) {
      field(line, end);
    } else {
      if (anyField && !foreign) {
        complete =
            Optional.of(new Event(Arrays.copyOfRange(buffer, event, scan), data.toByteArray()));
      }
      event = scan;
      data.reset();
      anyField = false;
      anyData = false;
      foreign = false;
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
      foreign = end > value && !is("message", value, end);
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
