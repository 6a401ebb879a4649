package dev.tollbar.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Several messages as one JSON array (JSON-RPC 2.0, section 6; MCP 2025-03-26, basic). It is cut
 * into its messages, and each is read, judged and forwarded on its own.
 */
public final class Batch {
  public static final int MOST_MESSAGES = 100;

  private Batch() {}

  /** Whether these bytes begin an array. */
  public static boolean is(byte[] bytes) {
    for (byte b : bytes) {
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return b == '[';
      }
    }
    return false;
  }

  /**
   * The messages as they were received, in order. Nothing is said about any of them but where it
   * begins and ends.
   *
   * @throws MalformedMessageException if the array as a whole cannot be read
   */
  public static List<byte[]> messages(byte[] bytes) throws MalformedMessageException {
    StrictReader reader = new StrictReader(bytes, StrictParser.MAX_DEPTH + 1);
    reader.document(Level.BATCH);
    List<Range> entries = reader.entries();
    if (entries.isEmpty()) {
      throw new MalformedMessageException(Fault.EMPTY_BATCH, Optional.empty());
    }
    if (entries.size() > MOST_MESSAGES) {
      throw new MalformedMessageException(Fault.LONG_BATCH, Optional.empty());
    }
    return entries.stream()
        .map(entry -> Arrays.copyOfRange(bytes, entry.from(), entry.to()))
        .toList();
  }
}
