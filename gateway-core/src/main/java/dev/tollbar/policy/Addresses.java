package dev.tollbar.policy;

import java.net.InetAddress;
import java.util.Optional;

/** Reads IP addresses that every program reads alike. */
final class Addresses {
  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  private static final String IPV4 = OCTET + "(\\." + OCTET + "){3}";

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
}
