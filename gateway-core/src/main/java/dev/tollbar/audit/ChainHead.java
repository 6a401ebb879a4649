package dev.tollbar.audit;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where the log stands: what {@code decisions.head} keeps, sealed, so that it is seen when lines
 * are missing at its end or at its beginning.
 *
 * @param seq the newest line
 * @param link its link, in hex
 * @param begins the first line of the file that is written to
 * @param size how many bytes that file has
 * @param opened when that file got its first line, in seconds since 1970; 0 if it has none
 * @param oldest the oldest line that has not been removed by rotation
 */
record ChainHead(long seq, String link, long begins, long size, long opened, long oldest) {

  /** One sector: it is there as a whole or not at all, also after a power cut. */
  static final int BYTES = 512;

  private static final Pattern TEXT =
      Pattern.compile(
          "(\\{\"seq\":(\\d{1,18}),\"chain\":\"([0-9a-f]{64})\",\"file_begins\":(\\d{1,18}),"
              + "\"file_bytes\":(\\d{1,18}),\"file_opened\":(\\d{1,18}),\"oldest\":(\\d{1,18}))"
              + ",\"seal\":\"([0-9a-f]{64})\"} *\n");

  /** Of a log that has no lines. */
  static ChainHead beginning() {
    return new ChainHead(0, HexFormat.of().formatHex(ChainedLine.BEGINNING), 1, 0, 0, 1);
  }

  byte[] linkBytes() {
    return HexFormat.of().parseHex(link);
  }

  ChainHead at(long newSeq, byte[] newLink, long newSize) {
    return new ChainHead(
        newSeq, HexFormat.of().formatHex(newLink), begins, newSize, opened, oldest);
  }

  ChainHead withOpened(long seconds) {
    return new ChainHead(seq, link, begins, size, seconds, oldest);
  }

  ChainHead withOldest(long line) {
    return new ChainHead(seq, link, begins, size, opened, line);
  }

  /** The same log, going on in a new file. */
  ChainHead inNewFile() {
    return new ChainHead(seq, link, seq + 1, 0, 0, oldest);
  }

  byte[] write(ChainKey key) {
    String text =
        "{\"seq\":%d,\"chain\":\"%s\",\"file_begins\":%d,\"file_bytes\":%d,\"file_opened\":%d,\"oldest\":%d"
            .formatted(seq, link, begins, size, opened, oldest);
    byte[] whole = new byte[BYTES];
    Arrays.fill(whole, (byte) ' ');
    byte[] bytes =
        (text + ",\"seal\":\"" + key.seal(text) + "\"}").getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, whole, 0, bytes.length);
    whole[BYTES - 1] = '\n';
    return whole;
  }

  /** Reads a head; empty if it is none, or was not made with this key. */
  static Optional<ChainHead> read(byte[] bytes, ChainKey key) {
    Matcher text = TEXT.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    if (!text.matches() || !key.seal(text.group(1)).equals(text.group(8))) {
      return Optional.empty();
    }
    return Optional.of(
        new ChainHead(
            Long.parseLong(text.group(2)),
            text.group(3),
            Long.parseLong(text.group(4)),
            Long.parseLong(text.group(5)),
            Long.parseLong(text.group(6)),
            Long.parseLong(text.group(7))));
  }
}
