package dev.tollbar.testkit.proof;

import static dev.tollbar.testkit.proof.NaiveConditions.NO;
import static dev.tollbar.testkit.proof.NaiveConditions.YES;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The table of section 5, row by row. */
final class NaiveOperators {
  /** What hosts URLs have: written down, not computed. An empty one cannot be judged. */
  static final Map<String, String> HOSTS =
      Map.ofEntries(
          Map.entry("https://example.com/a", "example.com"),
          Map.entry("HTTPS://EXAMPLE.com./", "example.com"),
          Map.entry("http://api.example.com:8080/x?y", "api.example.com"),
          Map.entry("https://example.com@evil.org/", "evil.org"),
          Map.entry("https://evil.org/?u=https://example.com", "evil.org"),
          Map.entry("https://example.com.evil.org", "example.com.evil.org"),
          Map.entry("http://127.0.0.1/", "127.0.0.1"),
          Map.entry("http://[::1]:80/", "::1"),
          Map.entry("ftp://example.com/", ""),
          Map.entry("example.com", ""),
          Map.entry("https://0x7f.1/", ""),
          Map.entry("https://2130706433/", ""),
          Map.entry("https://exa mple.com/", ""),
          Map.entry("https://evil.org\\@example.com/", ""));

  /** Paths by their parts; those without cannot be judged. */
  static final Map<String, List<String>> PATHS =
      Map.ofEntries(
          Map.entry("/", List.of("/")),
          Map.entry("/srv", List.of("/", "srv")),
          Map.entry("/srv/data", List.of("/", "srv", "data")),
          Map.entry("/srv/data/a.txt", List.of("/", "srv", "data", "a.txt")),
          Map.entry("/srv/database", List.of("/", "srv", "database")),
          Map.entry("/srv/./data//b", List.of("/", "srv", "data", "b")),
          Map.entry("out/x/y", List.of("", "out", "x", "y")),
          Map.entry("./out", List.of("", "out")),
          Map.entry(".", List.of("")),
          Map.entry("/srv/..data", List.of("/", "srv", "..data")),
          Map.entry("/srv/data/../x", List.of()),
          Map.entry("..", List.of()),
          Map.entry("/srv/%2e%2e/x", List.of()),
          Map.entry("C:/x", List.of()),
          Map.entry("~/x", List.of()),
          Map.entry("a\\b", List.of()));

  /** Addresses as bits. */
  static final Map<String, String> ADDRESSES =
      Map.of(
          "10.0.0.1", bits("0a000001"),
          "10.255.0.1", bits("0aff0001"),
          "11.0.0.1", bits("0b000001"),
          "::1", bits("00000000000000000000000000000001"),
          "2001:db8::5", bits("20010db8000000000000000000000005"),
          "2001:DB9::", bits("20010db9000000000000000000000000"),
          "010.0.0.1", "",
          "10.1", "",
          "localhost", "");

  static final Map<String, String> NETWORKS =
      Map.of(
          "10.0.0.0/8", bits("0a"),
          "10.0.0.1", bits("0a000001"),
          "0.0.0.0/0", "",
          "2001:db8::/32", bits("20010db8"));

  private static final int LARGEST_EXPONENT = 10_000;

  private NaiveOperators() {}

  private static String bits(String hex) {
    StringBuilder bits = new StringBuilder();
    for (int i = 0; i < hex.length(); i++) {
      String four = Integer.toBinaryString(Character.digit(hex.charAt(i), 16));
      bits.append("0".repeat(4 - four.length())).append(four);
    }
    return bits.toString();
  }

  static String judge(String op, JsonNode value, JsonNode wanted) {
    return switch (op) {
      case "eq" -> yes(same(value, wanted));
      case "neq" -> yes(!same(value, wanted));
      case "in" -> yes(holds(wanted, value));
      case "not_in" -> yes(!holds(wanted, value));
      case "exists" -> yes(wanted.booleanValue() != value.isNull());
      case "lt", "lte", "gt", "gte" -> ordering(op, value, wanted);
      case "contains" -> contains(value, wanted);
      case "length_lte" -> length(value, wanted.intValue());
      default ->
          value.isTextual()
              ? text(op, value.textValue(), wanted)
              : "must be a string, but is " + type(value);
    };
  }

  private static String text(String op, String value, JsonNode wanted) {
    List<String> all = new ArrayList<>();
    if (wanted.isArray()) {
      wanted.forEach(each -> all.add(each.textValue()));
    } else {
      all.add(wanted.textValue());
    }
    String first = all.getFirst();
    return switch (op) {
      case "regex" -> yes(Pattern.compile(first).matcher(value).find());
      case "glob" -> yes(glob(first, value));
      case "starts_with" -> yes(value.indexOf(first) == 0);
      case "ends_with" -> yes(value.endsWith(first));
      case "host_in" -> hostIn(value, all);
      case "path_within" -> pathWithin(value, all);
      case "cidr" -> cidr(value, all);
      default -> throw new IllegalArgumentException(op);
    };
  }

  private static String hostIn(String url, List<String> hosts) {
    String host = HOSTS.getOrDefault(url, "");
    if (host.isEmpty()) {
      return "must be an http or https URL with a plain host";
    }
    for (String wanted : hosts) {
      String plain = wanted.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]|[.]$", "");
      if (plain.startsWith("*.") ? host.endsWith(plain.substring(1)) : host.equals(plain)) {
        return YES;
      }
    }
    return NO;
  }

  private static String pathWithin(String path, List<String> folders) {
    // The other words of the calls: one name, or a URL.
    List<String> other = path.isEmpty() || path.contains("://") ? List.of() : List.of("", path);
    List<String> parts = PATHS.getOrDefault(path, other);
    if (parts.isEmpty()) {
      return "must be a plain path, without \"..\", encoded characters, backslashes or a drive";
    }
    boolean comparable = false;
    for (String folder : folders) {
      List<String> wanted = PATHS.getOrDefault(folder, List.of());
      boolean sameRoot = wanted.getFirst().equals(parts.getFirst());
      comparable |= sameRoot;
      if (sameRoot
          && String.join("\0", parts).concat("\0").startsWith(String.join("\0", wanted) + "\0")) {
        return YES;
      }
    }
    if (!comparable) {
      return parts.getFirst().equals("/") ? "must be a relative path" : "must be an absolute path";
    }
    return NO;
  }

  private static String cidr(String address, List<String> networks) {
    String bits = ADDRESSES.getOrDefault(address, "");
    if (bits.isEmpty()) {
      return "must be an IP address";
    }
    for (String network : networks) {
      boolean sameKind = network.contains(":") == (bits.length() > 32);
      if (sameKind && bits.startsWith(NETWORKS.getOrDefault(network, "?"))) {
        return YES;
      }
    }
    return NO;
  }

  private static boolean glob(String pattern, String text) {
    if (pattern.isEmpty()) {
      return text.isEmpty();
    }
    String rest = pattern.substring(1);
    if (pattern.charAt(0) == '*') {
      return glob(rest, text) || (!text.isEmpty() && glob(pattern, text.substring(1)));
    }
    boolean fits =
        !text.isEmpty() && (pattern.charAt(0) == '?' || pattern.charAt(0) == text.charAt(0));
    return fits && glob(rest, text.substring(1));
  }

  private static String ordering(String op, JsonNode value, JsonNode wanted) {
    if (!value.isNumber()) {
      return "must be a number, but is " + type(value);
    }
    if (Math.abs(value.decimalValue().scale()) > LARGEST_EXPONENT) {
      return "must be a number of ordinary size";
    }
    BigDecimal difference = value.decimalValue().subtract(wanted.decimalValue());
    return yes(
        switch (op) {
          case "lt" -> difference.signum() == -1;
          case "lte" -> difference.signum() != 1;
          case "gt" -> difference.signum() == 1;
          default -> difference.signum() != -1;
        });
  }

  private static String contains(JsonNode value, JsonNode wanted) {
    if (value.isArray()) {
      return yes(holds(value, wanted));
    }
    if (!wanted.isTextual()) {
      return "must be a list, but is " + type(value);
    }
    return value.isTextual()
        ? yes(value.textValue().indexOf(wanted.textValue()) >= 0)
        : "must be a string or a list, but is " + type(value);
  }

  private static String length(JsonNode value, int most) {
    if (value.isArray()) {
      return yes(value.size() <= most);
    }
    return value.isTextual()
        ? yes(value.textValue().codePoints().count() <= most)
        : "must be a string or a list, but is " + type(value);
  }

  private static boolean holds(JsonNode list, JsonNode wanted) {
    for (JsonNode element : list) {
      if (same(element, wanted)) {
        return true;
      }
    }
    return false;
  }

  /** Equal as JSON. */
  static boolean same(JsonNode one, JsonNode other) {
    if (one.isNumber() && other.isNumber()) {
      return one.decimalValue().compareTo(other.decimalValue()) == 0;
    }
    if (one.isContainerNode() && one.getNodeType() == other.getNodeType()) {
      boolean same = one.size() == other.size();
      for (int i = 0; one.isArray() && same && i < one.size(); i++) {
        same = same(one.get(i), other.get(i));
      }
      for (Map.Entry<String, JsonNode> member : one.properties()) {
        same = same && same(member.getValue(), other.path(member.getKey()));
      }
      return same;
    }
    return one.equals(other);
  }

  static String type(JsonNode value) {
    if (value.isTextual()) {
      return "a string";
    }
    if (value.isNumber()) {
      return "a number";
    }
    if (value.isBoolean()) {
      return "a boolean";
    }
    return value.isNull() ? "null" : value.isArray() ? "a list" : "an object";
  }

  private static String yes(boolean holds) {
    return holds ? YES : NO;
  }
}
