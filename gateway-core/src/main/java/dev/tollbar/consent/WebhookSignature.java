package dev.tollbar.consent;

import dev.tollbar.api.Secret;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and checks messages between the gateway and the receivers of its questions. Source:
 * Standard Webhooks 1.0.0, symmetric signatures ({@code v1}).
 */
final class WebhookSignature {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String ENCODED = "whsec_";

  private WebhookSignature() {}

  /** The {@code webhook-signature} header: one signature a secret, separated by spaces. */
  static String sign(String id, String timestamp, byte[] body, List<Secret> secrets) {
    return secrets.stream()
        .map(
            secret -> "v1," + Base64.getEncoder().encodeToString(hmac(id, timestamp, body, secret)))
        .collect(Collectors.joining(" "));
  }

  /** Whether one of the header's signatures is one of the secrets'. */
  static boolean matches(
      String header, String id, String timestamp, byte[] body, List<Secret> secrets) {
    boolean found = false;
    List<String> expected = List.of(sign(id, timestamp, body, secrets).split(" ", -1));
    for (String given : header.split(" ", 32)) {
      for (String signature : expected) {
        found |=
            MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8), signature.getBytes(StandardCharsets.UTF_8));
      }
    }
    return found;
  }

  /**
   * The key that a secret stands for: base64 after {@code whsec_}, else its own text.
   *
   * @throws IllegalArgumentException when what follows {@code whsec_} is not base64, or there is no
   *     key
   */
  static byte[] key(Secret secret) {
    String text = secret.reveal();
    byte[] key =
        text.startsWith(ENCODED)
            ? Base64.getDecoder().decode(text.substring(ENCODED.length()))
            : text.getBytes(StandardCharsets.UTF_8);
    if (key.length == 0) {
      throw new IllegalArgumentException("an empty key");
    }
    return key;
  }

  private static byte[] hmac(String id, String timestamp, byte[] body, Secret secret) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key(secret), ALGORITHM));
      ByteArrayOutputStream signed = new ByteArrayOutputStream();
      signed.writeBytes((id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
      signed.writeBytes(body);
      return mac.doFinal(signed.toByteArray());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
