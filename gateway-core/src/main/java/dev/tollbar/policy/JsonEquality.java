package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;

/** JSON values compared by what they mean: numbers by exact decimal value, at any depth. */
final class JsonEquality {
  /** Beyond this many places a number is not compared by size: nobody means it. */
  private static final int MOST_PLACES = 10_000;

  private JsonEquality() {}

  static boolean equal(JsonNode left, JsonNode right) {
    if (left.getNodeType() != right.getNodeType()) {
      return false;
    }
    return switch (left.getNodeType()) {
      case NUMBER -> sameNumber(left, right);
      case ARRAY -> sameItems(left, right);
      case OBJECT -> sameMembers(left, right);
      default -> left.equals(right);
    };
  }

  /** The exact value of a number of a sane size; empty for all else. */
  static Optional<BigDecimal> number(JsonNode node) {
    return exact(node)
        .filter(value -> Math.abs((long) value.scale()) <= MOST_PLACES)
        .filter(value -> value.unscaledValue().bitLength() <= MOST_PLACES * 4);
  }

  private static Optional<BigDecimal> exact(JsonNode node) {
    boolean infinite = (node.isDouble() || node.isFloat()) && !Double.isFinite(node.doubleValue());
    return node.isNumber() && !infinite ? Optional.of(node.decimalValue()) : Optional.empty();
  }

  private static boolean sameNumber(JsonNode left, JsonNode right) {
    // compareTo looks at the magnitudes first, so a huge exponent costs nothing.
    return exact(left).flatMap(a -> exact(right).map(b -> a.compareTo(b) == 0)).orElse(false);
  }

  private static boolean sameItems(JsonNode left, JsonNode right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (int i = 0; i < left.size(); i++) {
      if (!equal(left.get(i), right.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean sameMembers(JsonNode left, JsonNode right) {
    if (left.size() != right.size()) {
      return false;
    }
    for (Map.Entry<String, JsonNode> member : left.properties()) {
      JsonNode other = right.get(member.getKey());
      if (other == null || !equal(member.getValue(), other)) {
        return false;
      }
    }
    return true;
  }
}
