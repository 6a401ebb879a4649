package dev.tollbar.legacy;

import dev.tollbar.protocol.Revision;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * What the id of a session carries: all that is needed to go on with it after a restart.
 *
 * @param created when the session began, in whole seconds
 * @param serverDigest a short digest of how the server was reached
 * @param resumeToken of the line to the server
 * @param hello empty if the session cannot be initialised anew
 */
record StoredSession(
    Instant created,
    Revision revision,
    byte[] serverDigest,
    Optional<String> resumeToken,
    Optional<Hello> hello) {
  /** Headers of this length pass everywhere. */
  static final int LONGEST_ID = 3_500;

  private static final int DIGEST_BYTES = 8;

  static byte[] digestOf(Reach reach) {
    try {
      byte[] whole =
          MessageDigest.getInstance("SHA-256")
              .digest(reach.digest().getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(whole, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What resumes the session, if the server is still reached in the same way. */
  Optional<String> tokenFor(Reach reach) {
    return Arrays.equals(serverDigest, digestOf(reach)) ? resumeToken : Optional.empty();
  }

  /** Its bytes, with as much of the introduction as an id can carry. */
  byte[] bytes() {
    byte[] whole = bytes(hello);
    if (hello.isEmpty() || fits(whole)) {
      return whole;
    }
    byte[] brief = bytes(hello.map(Hello::brief));
    return fits(brief) ? brief : bytes(Optional.empty());
  }

  private static boolean fits(byte[] content) {
    return SessionSeal.idLength(content.length) <= LONGEST_ID;
  }

  private byte[] bytes(Optional<Hello> introduction) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(created.getEpochSecond());
      out.writeUTF(revision.text());
      out.write(serverDigest);
      out.writeBoolean(resumeToken.isPresent());
      out.writeUTF(resumeToken.orElse(""));
      if (introduction.isPresent()) {
        DeflaterOutputStream deflated = new DeflaterOutputStream(out);
        deflated.write(introduction.get().json());
        deflated.finish();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #bytes()} wrote; empty if a version of the gateway wrote it that differs. */
  static Optional<StoredSession> read(byte[] content) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
      Instant created = Instant.ofEpochSecond(in.readLong());
      Optional<Revision> revision = Revision.of(in.readUTF());
      byte[] digest = in.readNBytes(DIGEST_BYTES);
      boolean resumable = in.readBoolean();
      String token = in.readUTF();
      Optional<Hello> hello =
          in.available() == 0
              ? Optional.empty()
              : Optional.of(new Hello(new InflaterInputStream(in).readAllBytes()));
      return revision.map(known ->
          new StoredSession(
              created, known, digest, resumable ? Optional.of(token) : Optional.empty(), hello));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
