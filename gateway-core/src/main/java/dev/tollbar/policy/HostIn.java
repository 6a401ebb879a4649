package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Whether the host of a URL is one of several. The URL is parsed, strictly: one that programs read
 * in different ways cannot be judged.
 */
final class HostIn {
  private static final String EXPECTED =
      "hosts such as \"example.com\", \"*.example.com\" or \"10.0.0.1\"";
  private static final Answer NO_URL =
      new Answer.Wrong("must be an http or https URL with a plain host");
  private static final Set<String> SCHEMES = Set.of("http", "https", "ws", "wss");

  private HostIn() {}

  static Comparison of(JsonNode value) {
    List<String> hosts = Operator.texts(value, EXPECTED).stream().map(HostIn::pattern).toList();
    return found -> {
      if (!found.isTextual()) {
        return Comparison.wrong("a string", found);
      }
      return host(found.textValue())
          .map(host -> Answer.of(hosts.stream().anyMatch(pattern -> matches(pattern, host))))
          .orElse(NO_URL);
    };
  }

  private static String pattern(String text) {
    String prefix = text.startsWith("*.") ? "*." : "";
    JsonNode found = TextNode.valueOf(text);
    String host =
        normal(text.substring(prefix.length()))
            .orElseThrow(() -> Operator.invalid(EXPECTED, found));
    return prefix + host;
  }

  private static boolean matches(String pattern, String host) {
    return pattern.startsWith("*.") ? host.endsWith(pattern.substring(1)) : host.equals(pattern);
  }

  private static Optional<String> host(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getScheme() == null
          || uri.getHost() == null
          || !SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
        return Optional.empty();
      }
      return normal(uri.getHost());
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  /** Lower case, without a final dot, addresses in one form; empty if it is no plain host. */
  private static Optional<String> normal(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    if (name.startsWith("[") && name.endsWith("]")) {
      return Addresses.parse(name.substring(1, name.length() - 1))
          .map(Addresses::reached)
          .map(InetAddress::getHostAddress);
    }
    name = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    if (name.length() > 253 || !name.matches("[a-z0-9-]++(?:\\.[a-z0-9-]++)*+")) {
      return Optional.empty();
    }
    String last = name.substring(name.lastIndexOf('.') + 1);
    // Many programs read 0x7f.1 or 2130706433 as an address: only the plain form is judged.
    boolean numeric = last.matches("[0-9]+|0x[0-9a-f]*");
    return numeric ? Addresses.parse(name).map(InetAddress::getHostAddress) : Optional.of(name);
  }
}
