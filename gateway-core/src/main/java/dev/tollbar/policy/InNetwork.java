package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** One network: the addresses that share a prefix. */
record InNetwork(byte[] address, int prefix) {
  private static final String EXPECTED = "networks such as \"10.0.0.0/8\" or \"2001:db8::/32\"";
  private static final Answer NO_ADDRESS = new Answer.Wrong("must be an IP address");

  static Comparison of(JsonNode value) {
    List<InNetwork> networks =
        Operator.texts(value, EXPECTED).stream()
            .map(text ->
                parse(text).orElseThrow(() -> Operator.invalid(EXPECTED, TextNode.valueOf(text))))
            .toList();
    return found -> {
      if (!found.isTextual()) {
        return Comparison.wrong("a string", found);
      }
      return Addresses.parse(found.textValue())
          .map(
              address -> Answer.of(networks.stream().anyMatch(network -> network.reaches(address))))
          .orElse(NO_ADDRESS);
    };
  }

  private static Optional<InNetwork> parse(String text) {
    int slash = text.indexOf('/');
    Optional<byte[]> address =
        Addresses.parse(slash < 0 ? text : text.substring(0, slash)).map(InetAddress::getAddress);
    if (address.isEmpty()) {
      return Optional.empty();
    }
    int bits = address.get().length * 8;
    String length = slash < 0 ? Integer.toString(bits) : text.substring(slash + 1);
    if (!length.matches("0|[1-9][0-9]{0,2}") || Integer.parseInt(length) > bits) {
      return Optional.empty();
    }
    return Optional.of(new InNetwork(address.get(), Integer.parseInt(length)));
  }

  private boolean reaches(InetAddress address) {
    return holds(address) || holds(Addresses.reached(address));
  }

  private boolean holds(InetAddress other) {
    byte[] bytes = other.getAddress();
    int rest = bytes.length * 8 - prefix;
    return bytes.length == address.length
        && new BigInteger(1, bytes)
            .shiftRight(rest)
            .equals(new BigInteger(1, address).shiftRight(rest));
  }
}
