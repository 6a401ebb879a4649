package dev.tollbar.transport.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.EventStream.Event;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventReaderTest {

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8192})
  void readsEveryLineEndInPiecesOfAnySize(int piece) throws IOException {
    String stream =
        "\uFEFFdata: {\"a\":1}\n\n"
            + ": ping\r\n\r\n"
            + "id: 7\rretry: 10\rdata\rdata:x\rdata:  y\r\r"
            + "\n\r\n"
            + "event: message\r\ndata: ü\r\n\r\n"
            + "event: endpoint\ndata: /elsewhere\n\n"
            + "data: without an end\n";
    assertThat(read(stream, piece))
        .containsExactly(
            "data: {\"a\":1}|{\"a\":1}",
            ": ping|",
            "id: 7\rretry: 10\rdata\rdata:x\rdata:  y|\nx\n y",
            "event: message\r\ndata: ü|ü");
  }

  @Test
  void givesAnEventBeforeTheNextByteArrives() throws IOException {
    InputStream endless =
        new InputStream() {
          private final InputStream first =
              new ByteArrayInputStream("data: 1\r\n\r".getBytes(UTF_8));

          @Override
          public int read() throws IOException {
            int c = first.read();
            if (c < 0) {
              throw new IOException("read on");
            }
            return c;
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            target[offset] = (byte) read();
            return 1;
          }
        };
    Optional<Event> event = new EventReader(endless, 100).next();
    assertThat(event.map(e -> new String(e.data(), UTF_8))).contains("1");
  }

  @Test
  void refusesAnEventThatIsTooLong() {
    EventReader reader =
        new EventReader(new ByteArrayInputStream("data: x\n".repeat(20).getBytes(UTF_8)), 100);
    assertThatThrownBy(reader::next).hasMessage("an event of more than 100 bytes");
  }

  @Test
  void readsManyEventsLargerThanItsFirstBuffer() throws IOException {
    String event = "data: " + "x".repeat(20_000) + "\n\n";
    assertThat(read(event.repeat(50), 8192))
        .hasSize(50)
        .allMatch(text -> text.equals(event.strip() + "|" + "x".repeat(20_000)));
  }

  private static List<String> read(String stream, int piece) throws IOException {
    InputStream whole = new ByteArrayInputStream(stream.getBytes(UTF_8));
    InputStream pieces =
        new InputStream() {
          @Override
          public int read() throws IOException {
            return whole.read();
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            return whole.read(target, offset, Math.min(piece, length));
          }
        };
    EventReader reader = new EventReader(pieces, 1_000_000);
    List<String> events = new ArrayList<>();
    for (Optional<Event> next = reader.next(); next.isPresent(); next = reader.next()) {
      Event event = next.get();
      String raw = new String(event.raw(), UTF_8);
      // The LF of a last CRLF is part of the event only if it was there in time.
      assertThat(raw).matches("(?s).*(\n|\r)(\n|\r|\r\n)");
      events.add(raw.stripTrailing() + "|" + new String(event.data(), UTF_8));
    }
    return events;
  }
}
