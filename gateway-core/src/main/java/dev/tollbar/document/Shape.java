package dev.tollbar.document;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.JsonShape;
import dev.tollbar.api.Secret;
import dev.tollbar.api.Tunable;
import dev.tollbar.policy.Wording;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a part of a config record is written in documents: the one thing that both the binder and the
 * schema go by.
 */
sealed interface Shape {

  record Text() implements Shape {}

  record Flag() implements Shape {}

  record Whole(long least, long most) implements Shape {}

  record Decimal() implements Shape {}

  record Span() implements Shape {}

  record Choice(Map<String, Object> words) implements Shape {}

  record Anything() implements Shape {}

  record Hidden() implements Shape {}

  record Custom(Class<?> type, JsonNode schema) implements Shape {}

  record Items(Shape item) implements Shape {}

  record Members(Shape member) implements Shape {}

  record Fields(Class<? extends Record> type) implements Shape {}

  /**
   * One key of a config record.
   *
   * @param optional whether the component is an {@code Optional}
   * @param fallback the value that stands for a key left out
   */
  record Key(
      String name,
      Shape shape,
      boolean optional,
      Optional<JsonNode> fallback,
      Optional<String> doc,
      boolean tunable) {}

  /** The JSON that is written in annotations. */
  JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /** What could stand there, for messages. */
  default String expected() {
    return switch (this) {
      case Text _ -> "a string";
      case Flag _ -> "true or false";
      case Whole _ -> "a whole number";
      case Decimal _ -> "a number or a decimal string such as \"5000.00\"";
      case Span _ -> "a duration such as \"90s\", \"15m\" or \"1h\"";
      case Choice(Map<String, Object> words) -> Wording.or(words.keySet());
      case Anything _ -> "a value";
      case Hidden _ -> "{\"env\": \"NAME\"}, {\"file\": \"path\"} or a string";
      case Custom(Class<?> _, JsonNode schema) -> schema.path("description").asText("a value");
      case Items _ -> "a list";
      case Members _, Fields _ -> "an object";
    };
  }

  /** Kept with the class: every entry of a document asks for those of its kind. */
  ClassValue<List<Key>> KEYS =
      new ClassValue<>() {
        @Override
        protected List<Key> computeValue(Class<?> type) {
          return Arrays.stream(type.getRecordComponents()).map(Shape::key).toList();
        }
      };

  /** The keys of a config record. */
  static List<Key> keys(Class<? extends Record> type) {
    return KEYS.get(type);
  }

  /** The key that a component is written as. */
  static Key key(RecordComponent component) {
    boolean optional = component.getType() == Optional.class;
    Type type = component.getGenericType();
    Default fallback = component.getAnnotation(Default.class);
    Doc doc = component.getAnnotation(Doc.class);
    return new Key(
        snake(component.getName()),
        of(optional ? argument(type, 0) : type),
        optional,
        Optional.ofNullable(fallback).map(given -> json(given.value())),
        Optional.ofNullable(doc).map(Doc::value),
        component.isAnnotationPresent(Tunable.class));
  }

  /**
   * The shape of a component's type.
   *
   * @throws IllegalArgumentException if configs cannot hold such a type
   */
  static Shape of(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return container(parameterized);
    }
    if (!(type instanceof Class<?> raw)) {
      throw new IllegalArgumentException("unsupported type in a config: " + type);
    }
    JsonShape custom = raw.getAnnotation(JsonShape.class);
    if (custom != null) {
      return new Custom(raw, json(custom.value()));
    }
    if (raw.isRecord()) {
      return new Fields(raw.asSubclass(Record.class));
    }
    return raw.isEnum() ? choice(raw) : scalar(raw);
  }

  private static Shape container(ParameterizedType type) {
    if (type.getRawType() == List.class) {
      return new Items(of(argument(type, 0)));
    }
    if (type.getRawType() == Map.class && argument(type, 0) == String.class) {
      return new Members(of(argument(type, 1)));
    }
    throw new IllegalArgumentException("unsupported type in a config: " + type);
  }

  private static Shape choice(Class<?> type) {
    Map<String, Object> words = new LinkedHashMap<>();
    for (Object constant : type.getEnumConstants()) {
      words.put(((Enum<?>) constant).name().toLowerCase(Locale.ROOT), constant);
    }
    return new Choice(words);
  }

  private static Shape scalar(Class<?> type) {
    if (type == String.class) {
      return new Text();
    }
    if (type == boolean.class || type == Boolean.class) {
      return new Flag();
    }
    if (type == int.class || type == Integer.class) {
      return new Whole(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
    if (type == long.class || type == Long.class) {
      return new Whole(Long.MIN_VALUE, Long.MAX_VALUE);
    }
    if (type == BigDecimal.class) {
      return new Decimal();
    }
    if (type == Duration.class) {
      return new Span();
    }
    if (type == Secret.class) {
      return new Hidden();
    }
    if (type == JsonNode.class) {
      return new Anything();
    }
    throw new IllegalArgumentException("unsupported type in a config: " + type.getName());
  }

  private static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }

  private static String snake(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON in an annotation: " + text, e);
    }
  }
}
