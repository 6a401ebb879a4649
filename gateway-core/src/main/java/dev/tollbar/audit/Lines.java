package dev.tollbar.audit;

import java.io.ByteArrayOutputStream;

/** Lines on their way into the file, whose bytes can be looked at where they are. */
final class Lines extends ByteArrayOutputStream {
  private static final int USUAL = 4096;
  private static final int MOST_KEPT = 64 * 1024;

  Lines() {
    super(USUAL);
  }

  /** Begins anew, in the same memory unless that became large. */
  void begin() {
    reset();
    if (buf.length > MOST_KEPT) {
      buf = new byte[USUAL];
    }
  }

  /** All that was written, and more behind it; valid until the next write. */
  byte[] bytes() {
    return buf;
  }
}
