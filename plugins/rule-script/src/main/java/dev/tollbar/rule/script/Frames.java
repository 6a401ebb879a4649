package dev.tollbar.rule.script;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;

/**
 * What the gateway and its worker processes say to each other: a length of four bytes, and JSON of
 * that length. Whoever is sent more than the bound, or anything else, ends the connection.
 */
final class Frames {
  /** A call with its arguments, or a script with its imports. */
  static final int LONGEST_REQUEST = 64 * 1024 * 1024;

  /** A worker is believed nothing, and so gets no room to flood anybody. */
  static final int LONGEST_REPLY = 1024 * 1024;

  // Longer than these a frame cannot be; the gateway has its own bounds for what it takes in.
  private static final StreamReadConstraints WIDE =
      StreamReadConstraints.builder()
          .maxNumberLength(LONGEST_REQUEST)
          .maxStringLength(LONGEST_REQUEST)
          .maxNestingDepth(200)
          .build();

  // Escaped, because scripts can make text that UTF-8 cannot hold.
  private static final ObjectMapper JSON =
      new ObjectMapper(
              JsonFactory.builder()
                  .streamReadConstraints(WIDE)
                  .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Frames() {}

  static byte[] bytes(JsonNode json) throws IOException {
    return JSON.writeValueAsBytes(json);
  }

  static JsonNode json(byte[] bytes) throws IOException {
    return JSON.readTree(bytes);
  }

  static void write(DataOutputStream out, byte[] frame) throws IOException {
    out.writeInt(frame.length);
    out.write(frame);
    out.flush();
  }

  /**
   * The next frame; blocks.
   *
   * @throws EOFException at the end
   * @throws IOException if it is longer than the bound
   */
  static byte[] read(DataInputStream in, int longest) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > longest) {
      throw new IOException("a frame of " + length + " bytes");
    }
    byte[] frame = in.readNBytes(length);
    if (frame.length < length) {
      throw new EOFException();
    }
    return frame;
  }
}
