package dev.tollbar.policy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;

/** Reads IP addresses that every program reads alike. */
final class Addresses {
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  private static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";

  /** {@code 64:ff9b::/96}, behind which translators reach IPv4. Source: RFC 6052, section 2.1. */
  private static final byte[] TRANSLATED = {
    0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0
  };

  private Addresses() {}

  static Optional<InetAddress> parse(String text) {
    boolean plain =
        text.matches(IPV4) || (text.contains(":") && text.matches("[0-9A-Fa-f:.]{2,45}"));
    if (!plain) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** The address itself, or that of IPv4 which is reached by it. */
  static InetAddress reached(InetAddress address) {
    byte[] bytes = address.getAddress();
    int prefix = TRANSLATED.length;
    if (bytes.length < prefix || !Arrays.equals(bytes, 0, prefix, TRANSLATED, 0, prefix)) {
      return address;
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, prefix, bytes.length));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }
}
