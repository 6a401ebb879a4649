package dev.tollbar.pipeline;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads the body of a server's reply; where that breaks off, the server has. */
final class ReplyBytes {
  private static final ObjectMapper EXACT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  /** The largest reply that is edited, and so held in memory. */
  private static final int LARGEST_EDITED = 64 * 1024 * 1024;

  private ReplyBytes() {}

  static byte[] all(InputStream body) throws UpstreamException {
    byte[] bytes = upTo(LARGEST_EDITED, body);
    if (bytes.length > LARGEST_EDITED) {
      throw new UpstreamException(
          Reason.MALFORMED, true, 0, "the reply is larger than " + LARGEST_EDITED + " bytes");
    }
    return bytes;
  }

  /** All that there is, if that is not more than so many bytes; else somewhat more than these. */
  static byte[] upTo(int most, InputStream body) throws UpstreamException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
    byte[] buffer = new byte[16 * 1024];
    while (bytes.size() <= most) {
      int read = read(body, buffer);
      if (read < 0) {
        break;
      }
      bytes.write(buffer, 0, read);
    }
    return bytes.toByteArray();
  }

  static int read(InputStream body, byte[] buffer) throws UpstreamException {
    try {
      return body.read(buffer);
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
