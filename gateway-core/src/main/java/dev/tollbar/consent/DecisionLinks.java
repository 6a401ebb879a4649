package dev.tollbar.consent;

import dev.tollbar.keys.KeyLines;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Links by which an approval can be decided: only who has a key of this gateway can make one. The
 * last part of such a link is a token: the Base64 of a version byte, the key's id, the number of
 * the link, until when it is good, and an HMAC-SHA256 of all that with the approval and what the
 * link is for. Safe for use by many threads.
 */
public final class DecisionLinks {

  /** What a link is for. */
  public enum Purpose {
    APPROVE,
    DENY,
    /** Its page asks which. */
    DECIDE,
    /** No link: what a client without a session brings back with its user's answer. */
    ANSWER;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** As the link has it. */
    public String wire() {
      return wire;
    }

    static Optional<Purpose> of(String wire) {
      return Arrays.stream(values()).filter(it -> it.wire.equals(wire)).findAny();
    }
  }

  /** What a token turned out to be. */
  public sealed interface Checked {

    /**
     * This gateway has made it.
     *
     * @param number which of the links for the same purpose
     */
    record Genuine(Purpose purpose, int number, Instant until) implements Checked {

      /** What the answer by this link is remembered by: a new key makes no new link. */
      String name() {
        return purpose.wire() + "-" + number;
      }
    }

    /** Made with a key that is none of this gateway's. */
    record Foreign() implements Checked {}

    /** Changed, cut, or made up. */
    record Forged() implements Checked {}
  }

  private static final String HEAD =
      """
      # Links that decide approvals are signed with the first of these keys; those signed with any of them are good.
      # A key is 32 random bytes in Base64. Who has this file can make such links: keep it secret.
      """;
  private static final byte VERSION = 1;
  private static final int LONGEST_ID = 200;
  private static final int KEY_ID_BYTES = 8;
  private static final int HEAD_BYTES = 1 + KEY_ID_BYTES + 1 + Long.BYTES;
  private static final int MAC_BYTES = 32;
  private static final int TOKEN_LENGTH = ((HEAD_BYTES + MAC_BYTES) * 4 + 2) / 3;
  private static final String ALGORITHM = "HmacSHA256";
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  /** A key, and what it is called in tokens. */
  private record Key(byte[] id, byte[] secret) {
    static Key of(byte[] secret) {
      try {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret);
        return new Key(Arrays.copyOf(digest, KEY_ID_BYTES), secret);
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }
  }

  private final List<Key> keys;
  private volatile Optional<String> base = Optional.empty();

  private DecisionLinks(List<Key> keys) {
    this.keys = keys;
  }

  /**
   * The links of a data folder: reads the file {@code links.key}, or makes it.
   *
   * @throws IOException when it can be neither read nor made, or holds what are no keys; the
   *     message is for the operator
   */
  public static DecisionLinks open(Path dataFolder, RandomGenerator random) throws IOException {
    return of(KeyLines.open(dataFolder.resolve("links.key"), HEAD, random));
  }

  static DecisionLinks of(List<byte[]> keys) {
    return new DecisionLinks(keys.stream().map(Key::of).toList());
  }

  /**
   * Links can be made from now on.
   *
   * @param address where people and receivers reach this gateway to decide
   */
  public void reachableAt(URI address) {
    base = Optional.of(address.toString().replaceFirst("/+$", ""));
  }

  /** Where receivers and links begin; empty if this gateway cannot be reached to decide. */
  Optional<String> base() {
    return base;
  }

  /**
   * A link; empty if this gateway cannot be reached to decide.
   *
   * @param number from 0 to 127: which of the links for the same purpose
   */
  public Optional<String> url(String approval, Purpose purpose, int number, Instant until) {
    return base.map(start -> start + path(approval, purpose, number, until));
  }

  String path(String approval, Purpose purpose, int number, Instant until) {
    return "/approvals/"
        + approval
        + "/"
        + purpose.wire()
        + "/"
        + token(approval, purpose, number, until);
  }

  /** What the client of a call brings back with its user's answer. */
  public String answerToken(String approval, Instant until) {
    return token(approval, Purpose.ANSWER, 0, until);
  }

  /** Whether this gateway has asked for the answer that comes with a token. */
  public boolean isAnswerTo(String approval, String token) {
    return check(approval, Purpose.ANSWER, token) instanceof Checked.Genuine;
  }

  String token(String approval, Purpose purpose, int number, Instant until) {
    Key key = keys.getFirst();
    ByteBuffer token = ByteBuffer.allocate(HEAD_BYTES + MAC_BYTES);
    token.put(VERSION).put(key.id()).put((byte) number).putLong(until.getEpochSecond());
    byte[] head = Arrays.copyOf(token.array(), HEAD_BYTES);
    token.put(mac(key, head, approval, purpose));
    return TEXT.encodeToString(token.array());
  }

  Checked check(String approval, Purpose purpose, String token) {
    Optional<byte[]> decoded = decoded(token);
    if (decoded.isEmpty() || approval.length() > LONGEST_ID) {
      return new Checked.Forged();
    }
    byte[] bytes = decoded.get();
    byte[] head = Arrays.copyOf(bytes, HEAD_BYTES);
    Optional<Key> key =
        keys.stream()
            .filter(it -> Arrays.equals(it.id(), 0, KEY_ID_BYTES, head, 1, 1 + KEY_ID_BYTES))
            .findFirst();
    if (key.isEmpty()) {
      return new Checked.Foreign();
    }
    byte[] given = Arrays.copyOfRange(bytes, HEAD_BYTES, bytes.length);
    if (!MessageDigest.isEqual(mac(key.get(), head, approval, purpose), given)) {
      return new Checked.Forged();
    }
    ByteBuffer read = ByteBuffer.wrap(head).position(1 + KEY_ID_BYTES);
    return new Checked.Genuine(purpose, read.get(), Instant.ofEpochSecond(read.getLong()));
  }

  /** Empty if it is not in the one spelling that the encoder gives. */
  private static Optional<byte[]> decoded(String token) {
    if (token.length() != TOKEN_LENGTH) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(token);
      boolean wellFormed =
          bytes.length == HEAD_BYTES + MAC_BYTES
              && bytes[0] == VERSION
              && TEXT.encodeToString(bytes).equals(token);
      return wellFormed ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static byte[] mac(Key key, byte[] head, String approval, Purpose purpose) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.secret(), ALGORITHM));
      ByteArrayOutputStream signed = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(signed);
      out.writeUTF("tollbar decision link");
      out.writeUTF(purpose.wire());
      out.writeUTF(approval);
      out.write(head);
      return mac.doFinal(signed.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
  }
}
