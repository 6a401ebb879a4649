package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.OptionalLong;

/** A reply that is there already. */
record OneMessage(int status, byte[] bytes) implements UpstreamReply.Single {
  /** The largest message of a server that is held in memory, to be read or changed. */
  private static final int LARGEST = 64 * 1024 * 1024;

  OneMessage(byte[] bytes) {
    this(200, bytes);
  }

  /** Reads all of a reply, and closes it. */
  static OneMessage read(UpstreamReply.Single reply) throws UpstreamException {
    try (reply) {
      byte[] bytes = reply.body().readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        String what = "the reply is larger than " + LARGEST + " bytes";
        throw new UpstreamException(Reason.MALFORMED, true, 0, what);
      }
      return new OneMessage(reply.status(), bytes);
    } catch (IOException e) {
      throw new UpstreamException(Reason.BROKEN, true, 0, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public InputStream body() {
    return new ByteArrayInputStream(bytes);
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(bytes.length);
  }

  @Override
  public void close() {}
}
