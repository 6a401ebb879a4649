package dev.tollbar.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Text of a message inside of a header. Source: MCP 2026-07-28, basic/transports, "Value encoding".
 */
public final class HeaderText {
  private static final String BEFORE = "=?base64?";
  private static final String AFTER = "?=";

  private HeaderText() {}

  /** The text as a header's value: itself where that is plain ASCII, else in Base64. */
  public static String encode(String text) {
    return isPlain(text)
        ? text
        : BEFORE
            + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))
            + AFTER;
  }

  /** The text that a header's value stands for; empty if it is malformed. */
  public static Optional<String> decode(String value) {
    String text = value.strip();
    if (!looksEncoded(text)) {
      return isAscii(text) ? Optional.of(text) : Optional.empty();
    }
    try {
      String base64 = text.substring(BEFORE.length(), text.length() - AFTER.length());
      byte[] bytes = Base64.getDecoder().decode(base64);
      // Java's decoder is lenient about padding and left-over bits; there is one text for one
      // value.
      if (!Base64.getEncoder().encodeToString(bytes).equals(base64)) {
        return Optional.empty();
      }
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static boolean isPlain(String text) {
    return isAscii(text) && text.strip().equals(text) && !looksEncoded(text);
  }

  private static boolean looksEncoded(String text) {
    return text.length() >= BEFORE.length() + AFTER.length()
        && text.startsWith(BEFORE)
        && text.endsWith(AFTER);
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c >= 0x20 && c < 0x7F);
  }
}
