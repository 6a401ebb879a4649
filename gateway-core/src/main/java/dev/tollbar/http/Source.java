package dev.tollbar.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Where connections come from, as far as it can be told apart: an IPv4 address, or the 64 bits of
 * an IPv6 address that one subscriber has.
 */
record Source(String network) {
  private static final int SUBSCRIBER = 8;

  /** Empty for this machine, whose programs and proxies all have one address. */
  static Optional<Source> of(SocketAddress peer) {
    if (!(peer instanceof InetSocketAddress inet)
        || inet.getAddress() == null
        || inet.getAddress().isLoopbackAddress()) {
      return Optional.empty();
    }
    InetAddress address = inet.getAddress();
    byte[] bytes = address.getAddress();
    byte[] network = address instanceof Inet6Address ? Arrays.copyOf(bytes, SUBSCRIBER) : bytes;
    return Optional.of(new Source(HexFormat.of().formatHex(network)));
  }
}
