package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.plugins.ConfigMaker;
import dev.tollbar.plugins.LatePluginException;
import dev.tollbar.policy.Wording;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads configs into the records of plugins. Every fault is collected, at its place and in the
 * words of the document.
 */
final class ConfigBinder {
  private static final Pattern SPAN = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");
  private static final int LONGEST_NUMBER = 100;

  private final Secrets secrets;
  private final ConfigMaker maker;

  ConfigBinder(Secrets secrets) {
    this(secrets, ConfigMaker.HERE);
  }

  private ConfigBinder(Secrets secrets, ConfigMaker maker) {
    this.secrets = secrets;
    this.maker = maker;
  }

  /** One that has the code of records run in another way. */
  ConfigBinder making(ConfigMaker other) {
    return new ConfigBinder(secrets, other);
  }

  /** A plugin's own code failed, not the document. */
  static final class PluginException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PluginException(Throwable cause) {
      super(cause);
    }
  }

  /**
   * Reads one config.
   *
   * @return the record; empty if there were problems
   * @throws PluginException if the record's own code throws something unforeseen
   * @throws LatePluginException if it does not end in time
   */
  <C extends Record> Optional<C> bind(Class<C> type, Place place, List<Problem> problems) {
    return fields(type, place, problems).map(type::cast);
  }

  private Optional<Object> value(Shape shape, Place place, List<Problem> problems) {
    JsonNode node = place.node();
    return switch (shape) {
      case Shape.Anything _ -> Optional.of(node);
      case Shape.Fields(var type) -> fields(type, place, problems);
      case Shape.Items(var item) -> items(shape, item, place, problems);
      case Shape.Members(var member) -> members(shape, member, place, problems);
      case Shape.Hidden _ -> secrets.resolve(place, problems).map(secret -> secret);
      case Shape.Custom(var type, var _) -> custom(type, place, problems);
      case Shape.Text _ -> given(shape, place, problems, node.isTextual(), node.textValue());
      case Shape.Flag _ -> given(shape, place, problems, node.isBoolean(), node.booleanValue());
      case Shape.Whole whole -> whole(whole, place, problems);
      case Shape.Decimal _ -> read(shape, place, problems, decimal(node));
      case Shape.Span _ -> read(shape, place, problems, span(node));
      case Shape.Choice(var words) -> choice(words, place, problems);
    };
  }

  private Optional<Object> fields(
      Class<? extends Record> type, Place place, List<Problem> problems) {
    if (!place.node().isObject()) {
      problems.add(place.expected("an object"));
      return Optional.empty();
    }
    List<Shape.Key> keys = keys(type);
    int before = problems.size();
    problems.addAll(place.unknownKeys(keys.stream().map(Shape.Key::name).toList()));
    List<Object> values = new ArrayList<>();
    Set<String> read = new HashSet<>();
    for (Shape.Key key : keys) {
      int found = problems.size();
      Optional<Object> value = component(key, place.child(key.name()), problems);
      if (problems.size() == found) {
        read.add(place.child(key.name()).pointer());
      } else {
        value = absent(key, place.child(key.name()));
      }
      value.ifPresent(values::add);
    }
    if (problems.size() == before) {
      return construct(type, values, place, problems);
    }
    if (values.size() == keys.size()) {
      problems.addAll(alsoWrong(type, values, place, read));
    }
    return Optional.empty();
  }

  /** What the record would hold if the document said nothing; empty if it must say something. */
  private Optional<Object> absent(Shape.Key key, Place place) {
    return component(key, place.with(MissingNode.getInstance()), new ArrayList<>());
  }

  /**
   * What the record itself finds in what could be read, while something beside that could not: so
   * that all problems are told at once.
   */
  private List<Problem> alsoWrong(
      Class<? extends Record> type, List<Object> values, Place place, Set<String> read) {
    List<Problem> found = new ArrayList<>();
    try {
      construct(type, values, place, found);
    } catch (PluginException _) {
      return List.of(); // of what stands for the rest, which nobody has written
    }
    found.removeIf(problem ->
        read.stream()
            .noneMatch(
                at -> problem.pointer().equals(at) || problem.pointer().startsWith(at + "/")));
    return found;
  }

  private static List<Shape.Key> keys(Class<? extends Record> type) {
    try {
      return Shape.keys(type);
    } catch (IllegalArgumentException | LinkageError e) {
      throw new PluginException(e);
    }
  }

  private Optional<Object> component(Shape.Key key, Place place, List<Problem> problems) {
    boolean given = place.exists();
    if (!given && key.optional() && key.fallback().isEmpty()) {
      return Optional.of(Optional.empty());
    }
    Place filled = given ? place : key.fallback().map(place::with).orElse(place);
    if (!filled.exists()) {
      problems.add(filled.expected(key.shape().expected()));
      return Optional.empty();
    }
    Optional<Object> value = value(key.shape(), filled, problems);
    return key.optional() ? value.map(Optional::of) : value;
  }

  private Optional<Object> construct(
      Class<? extends Record> type, List<Object> values, Place place, List<Problem> problems) {
    Constructor<? extends Record> constructor = constructor(type);
    return made(() -> constructor.newInstance(values.toArray()), place, problems);
  }

  private static Constructor<? extends Record> constructor(Class<? extends Record> type) {
    try {
      Class<?>[] types =
          Arrays.stream(type.getRecordComponents())
              .map(RecordComponent::getType)
              .toArray(Class<?>[]::new);
      Constructor<? extends Record> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new PluginException(e);
    }
  }

  private Optional<Object> custom(Class<?> type, Place place, List<Problem> problems) {
    Method reader = reader(type);
    return made(() -> reader.invoke(null, place.node()), place, problems);
  }

  private static Method reader(Class<?> type) {
    try {
      Method reader = type.getMethod("of", JsonNode.class);
      reader.setAccessible(true);
      return reader;
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new PluginException(e);
    }
  }

  private Optional<Object> made(Callable<Object> code, Place place, List<Problem> problems) {
    try {
      return Optional.of(maker.make(code));
    } catch (InvocationTargetException e) {
      return refused(e, place, problems);
    } catch (LatePluginException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PluginException(e);
    } catch (Exception e) {
      throw new PluginException(e);
    }
  }

  private static Optional<Object> refused(
      InvocationTargetException e, Place place, List<Problem> problems) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    if (cause instanceof InvalidConfigException invalid) {
      problems.addAll(place.invalid(invalid));
      return Optional.empty();
    }
    if (cause instanceof VirtualMachineError fatal && !(fatal instanceof StackOverflowError)) {
      throw fatal;
    }
    throw new PluginException(cause);
  }

  private Optional<Object> items(Shape shape, Shape item, Place place, List<Problem> problems) {
    if (!place.node().isArray()) {
      problems.add(place.expected(shape.expected()));
      return Optional.empty();
    }
    List<Object> values = new ArrayList<>();
    place.items().forEach(each -> value(item, each, problems).ifPresent(values::add));
    return Optional.of(List.copyOf(values));
  }

  private Optional<Object> members(Shape shape, Shape member, Place place, List<Problem> problems) {
    if (!place.node().isObject()) {
      problems.add(place.expected(shape.expected()));
      return Optional.empty();
    }
    Map<String, Object> values = new LinkedHashMap<>();
    place
        .members()
        .forEach((name, each) ->
            value(member, each, problems).ifPresent(value -> values.put(name, value)));
    return Optional.of(java.util.Collections.unmodifiableMap(values));
  }

  private static Optional<Object> whole(Shape.Whole shape, Place place, List<Problem> problems) {
    JsonNode node = place.node();
    if (!node.isIntegralNumber()) {
      problems.add(place.expected(shape.expected()));
      return Optional.empty();
    }
    BigInteger value = node.bigIntegerValue();
    if (value.compareTo(BigInteger.valueOf(shape.least())) < 0
        || value.compareTo(BigInteger.valueOf(shape.most())) > 0) {
      problems.add(place.expected("a whole number from " + shape.least() + " to " + shape.most()));
      return Optional.empty();
    }
    boolean small = shape.most() == Integer.MAX_VALUE;
    return Optional.of(small ? (Object) value.intValueExact() : (Object) value.longValueExact());
  }

  private static Optional<Object> decimal(JsonNode node) {
    if (node.isNumber()) {
      return Optional.of(node.decimalValue());
    }
    String text = node.isTextual() ? node.textValue() : "";
    return text.length() <= LONGEST_NUMBER && text.matches("-?[0-9]+(\\.[0-9]+)?")
        ? Optional.of(new BigDecimal(text))
        : Optional.empty();
  }

  private static Optional<Object> span(JsonNode node) {
    Matcher matcher = SPAN.matcher(node.isTextual() ? node.textValue() : "");
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }

  private static Optional<Object> choice(
      Map<String, Object> words, Place place, List<Problem> problems) {
    JsonNode node = place.node();
    Object constant = node.isTextual() ? words.get(node.textValue()) : null;
    if (constant == null) {
      String hint = node.isTextual() ? Wording.didYouMean(node.textValue(), words.keySet()) : "";
      problems.add(
          place.problem(
              "expected " + Wording.or(words.keySet()) + "; found " + Wording.found(node) + hint));
    }
    return Optional.ofNullable(constant);
  }

  private static Optional<Object> given(
      Shape shape, Place place, List<Problem> problems, boolean fits, Object value) {
    return read(shape, place, problems, fits ? Optional.of(value) : Optional.empty());
  }

  private static Optional<Object> read(
      Shape shape, Place place, List<Problem> problems, Optional<Object> value) {
    if (value.isEmpty()) {
      problems.add(place.expected(shape.expected()));
    }
    return value;
  }
}
