package dev.tollbar.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of the log, as its chain sees it: {@code {"seq":7,…,"chain":"…"}}. The link is made of the
 * link of the line before and of all that stands before it in this one. The first line of a file
 * says what the link before it was, so that each file can be checked by itself.
 *
 * @param seq its number in the log, from 1
 * @param previous the link before it, if it says so
 * @param link its link
 * @param linked how many of its bytes the link is made of
 */
record ChainedLine(long seq, Optional<byte[]> previous, byte[] link, int linked) {

  /** The link before the first line of a log. */
  static final byte[] BEGINNING = new byte[32];

  private static final byte[] CHAIN = ",\"chain\":\"".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "\"}".getBytes(StandardCharsets.US_ASCII);
  private static final int HEX = 64;
  private static final int TAIL = CHAIN.length + HEX + END.length;
  private static final Pattern START =
      Pattern.compile("\\{\"seq\":([1-9]\\d{0,17}),(?:\"previous\":\"([0-9a-f]{64})\",)?");
  private static final int LONGEST_START = 120;

  /**
   * Writes a line, with the line feed that ends it.
   *
   * @param body a JSON object with members
   * @param first whether it is the first line of its file
   * @return its link
   */
  static byte[] write(
      Lines out, ChainKey key, long seq, byte[] previous, boolean first, byte[] body) {
    String start =
        "{\"seq\":"
            + seq
            + (first ? ",\"previous\":\"" + HexFormat.of().formatHex(previous) + '"' : "")
            + ',';
    int from = out.size();
    out.writeBytes(start.getBytes(StandardCharsets.US_ASCII));
    out.write(body, 1, body.length - 2);
    byte[] link = key.link(previous, out.bytes(), from, out.size() - from);
    out.writeBytes(CHAIN);
    out.writeBytes(HexFormat.of().formatHex(link).getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(END);
    out.write('\n');
    return link;
  }

  /** Reads a line, without its line feed; empty if it is none of such a log. */
  static Optional<ChainedLine> read(byte[] line) {
    int linked = line.length - TAIL;
    if (linked <= 0
        || !Arrays.equals(line, linked, linked + CHAIN.length, CHAIN, 0, CHAIN.length)
        || !Arrays.equals(line, line.length - END.length, line.length, END, 0, END.length)) {
      return Optional.empty();
    }
    Matcher start =
        START.matcher(
            new String(line, 0, Math.min(linked, LONGEST_START), StandardCharsets.ISO_8859_1));
    String hex = new String(line, linked + CHAIN.length, HEX, StandardCharsets.ISO_8859_1);
    if (!start.lookingAt() || !isHex(hex)) {
      return Optional.empty();
    }
    return Optional.of(
        new ChainedLine(
            Long.parseLong(start.group(1)),
            Optional.ofNullable(start.group(2)).map(HexFormat.of()::parseHex),
            HexFormat.of().parseHex(hex),
            linked));
  }

  private static boolean isHex(String text) {
    return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  }

  /** Whether it follows that link, and is as it was written. */
  boolean follows(byte[] before, byte[] line, ChainKey key) {
    return ChainKey.same(key.link(before, line, 0, linked), link)
        && previous.map(said -> ChainKey.same(said, before)).orElse(true);
  }
}
