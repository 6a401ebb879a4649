package dev.tollbar.audit;

import java.io.ByteArrayOutputStream;

/** Lines on their way into the file, whose bytes can be looked at where they are. */
final class Lines extends ByteArrayOutputStream {
  Lines() {
    super(4096);
  }

  /** All that was written, and more behind it; valid until the next write. */
  byte[] bytes() {
    return buf;
  }
}
