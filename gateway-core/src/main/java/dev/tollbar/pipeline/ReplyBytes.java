package dev.tollbar.pipeline;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.protocol.JsonText;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.OptionalLong;

/** Reads the body of a server's reply; where that breaks off, the server has. */
final class ReplyBytes {
  private static final ObjectMapper EXACT =
      JsonMapper.builder(
              JsonText.factory()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** The largest reply that is edited, and so held in memory. */
  private static final int LARGEST_EDITED = 64 * 1024 * 1024;

  private static final int WHEN_NOT_SAID = 4096;
  private static final int MOST_ON_A_WORD = 64 * 1024;

  private ReplyBytes() {}

  /**
   * The whole of a body.
   *
   * @param place has room for it, until the caller closes it
   */
  static byte[] all(OptionalLong length, InputStream body, ReplyRoom.Place place)
      throws UpstreamException {
    byte[] bytes = upTo(LARGEST_EDITED, length, body, place);
    if (bytes.length > LARGEST_EDITED) {
      throw new UpstreamException(
          Reason.MALFORMED, true, 0, "the reply is larger than " + LARGEST_EDITED + " bytes");
    }
    return bytes;
  }

  /**
   * All that there is, if that is not more than so many bytes; else one byte more than these.
   *
   * @param length how long the body is said to be
   */
  static byte[] upTo(int most, OptionalLong length, InputStream body, ReplyRoom.Place place)
      throws UpstreamException {
    // No more than a little is made room for on the server's word alone, and it is not believed
    // where the body ends.
    long expected = Math.clamp(length.orElse(WHEN_NOT_SAID), 1, Math.min(most, MOST_ON_A_WORD));
    place.take(expected);
    byte[] bytes = new byte[(int) expected];
    byte[] next = new byte[1];
    int size = 0;
    while (size <= most) {
      if (size == bytes.length) {
        if (read(body, next, 0) < 0) {
          break;
        }
        long larger = Math.min(2L * size, most + 1L);
        place.take(larger);
        bytes = Arrays.copyOf(bytes, (int) larger);
        bytes[size++] = next[0];
        continue;
      }
      int read = read(body, bytes, size);
      if (read < 0) {
        break;
      }
      size += read;
    }
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }

  static int read(InputStream body, byte[] buffer) throws UpstreamException {
    return read(body, buffer, 0);
  }

  private static int read(InputStream body, byte[] buffer, int from) throws UpstreamException {
    try {
      return body.read(buffer, from, buffer.length - from);
    } catch (IOException e) {
      throw new UpstreamException(Reason.BROKEN, true, 0, String.valueOf(e.getMessage()));
    }
  }

  /**
   * The result of a whole response, with exact numbers.
   *
   * @throws IOException when it is not JSON, or can be read in two ways
   */
  static JsonNode result(byte[] message) throws IOException {
    return EXACT.readTree(message).path("result");
  }
}
