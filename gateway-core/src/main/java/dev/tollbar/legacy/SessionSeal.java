package dev.tollbar.legacy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Makes ids that carry what they stand for, so that nothing need be stored: only who has a key can
 * read or make one. AES-256-GCM with random nonces (NIST SP 800-38D). Safe for use by many threads.
 *
 * <p>An id is the Base64 of a version byte, the key's id, the nonce and the sealed content, in the
 * one spelling that the encoder gives: another one of the same bytes is no id.
 */
public final class SessionSeal {
  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int HEAD_BYTES = 1 + SealKey.ID_BYTES + NONCE_BYTES;
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder BYTES = Base64.getUrlDecoder();

  private final SealKeys keys;
  private final SecureRandom random;

  SessionSeal(SealKeys keys, SecureRandom random) {
    this.keys = keys;
    this.random = random;
  }

  /**
   * The seal of a data folder: reads the file {@code session.key}, or makes it.
   *
   * @throws IOException when it can be neither read nor made, or holds what are no keys; the
   *     message is for the operator
   */
  public static SessionSeal open(Path dataFolder, SecureRandom random) throws IOException {
    return new SessionSeal(SealKeys.open(dataFolder.resolve("session.key"), random), random);
  }

  /**
   * An id for this content.
   *
   * @param boundTo what must be named again to open it
   */
  String seal(byte[] content, String... boundTo) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    SealKey key = keys.first();
    byte[] bytes = new byte[HEAD_BYTES + content.length + TAG_BYTES];
    bytes[0] = VERSION;
    System.arraycopy(key.id(), 0, bytes, 1, SealKey.ID_BYTES);
    System.arraycopy(nonce, 0, bytes, 1 + SealKey.ID_BYTES, NONCE_BYTES);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, bytes, boundTo);
      cipher.doFinal(content, 0, content.length, bytes, HEAD_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES in Galois/counter mode", e);
    }
    return TEXT.encodeToString(bytes);
  }

  /** The content of an id; empty if none of the keys has sealed it, or not for these. */
  Optional<byte[]> open(String id, String... boundTo) {
    Optional<byte[]> decoded = decoded(id);
    if (decoded.isEmpty()) {
      return Optional.empty();
    }
    byte[] bytes = decoded.get();
    Optional<SealKey> key = keys.find(bytes, 1);
    if (key.isEmpty()) {
      return Optional.empty();
    }
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key.get(), bytes, boundTo);
      return Optional.of(cipher.doFinal(bytes, HEAD_BYTES, bytes.length - HEAD_BYTES));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** How long the id of so much content is. */
  static int idLength(int contentBytes) {
    return ((HEAD_BYTES + contentBytes + TAG_BYTES) * 4 + 2) / 3;
  }

  private static Optional<byte[]> decoded(String id) {
    if (id.length() > StoredSession.LONGEST_ID) {
      return Optional.empty();
    }
    byte[] bytes;
    try {
      bytes = BYTES.decode(id);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    boolean wellFormed =
        bytes.length >= HEAD_BYTES + TAG_BYTES
            && bytes[0] == VERSION
            && TEXT.encodeToString(bytes).equals(id);
    return wellFormed ? Optional.of(bytes) : Optional.empty();
  }

  private static Cipher cipher(int mode, SealKey key, byte[] bytes, String... boundTo)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        key.secret(),
        new GCMParameterSpec(TAG_BYTES * 8, bytes, 1 + SealKey.ID_BYTES, NONCE_BYTES));
    cipher.updateAAD(bytes, 0, 1 + SealKey.ID_BYTES);
    cipher.updateAAD(joined(boundTo));
    return cipher;
  }

  /** With their lengths, so that no two lists of names are joined to the same bytes. */
  private static byte[] joined(String... names) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String name : names) {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      out.writeBytes((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
      out.writeBytes(bytes);
    }
    return out.toByteArray();
  }
}
