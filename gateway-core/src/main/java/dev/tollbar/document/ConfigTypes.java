package dev.tollbar.document;

import dev.tollbar.policy.Wording;
import java.lang.reflect.RecordComponent;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Whether records can be configs at all. */
public final class ConfigTypes {
  private static final String TYPES =
      "String, boolean, int, long, BigDecimal, Duration, an enum, a record, JsonNode, Condition,"
          + " Secret, and Optional, List and Map of these";

  private ConfigTypes() {}

  /**
   * Why documents cannot be read into a record, for the author of its plugin; empty if they can.
   */
  public static Optional<String> problem(Class<? extends Record> type) {
    return problem(type, new HashSet<>());
  }

  private static Optional<String> problem(Class<? extends Record> type, Set<Class<?>> seen) {
    if (!seen.add(type)) {
      return Optional.empty();
    }
    for (RecordComponent component : type.getRecordComponents()) {
      Shape shape;
      try {
        shape = Shape.key(component).shape();
      } catch (IllegalArgumentException e) {
        return Optional.of(
            "the component %s of %s cannot be read from documents (%s); there are %s"
                .formatted(
                    Wording.quote(component.getName()),
                    Wording.quote(type.getName()),
                    e.getMessage(),
                    TYPES));
      }
      Optional<String> inner = inner(shape, seen);
      if (inner.isPresent()) {
        return inner;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> inner(Shape shape, Set<Class<?>> seen) {
    return switch (shape) {
      case Shape.Fields(var type) -> problem(type, seen);
      case Shape.Items(var item) -> inner(item, seen);
      case Shape.Members(var member) -> inner(member, seen);
      default -> Optional.empty();
    };
  }
}
