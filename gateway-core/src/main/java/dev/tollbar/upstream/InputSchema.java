package dev.tollbar.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import dev.tollbar.regex.Regex;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The input schema of a tool, as its server lists it. Servers are strangers: nothing outside of the
 * schema is read, patterns run in linear time, and a schema that is too large, is none, or takes
 * too long for some arguments says nothing of them. Compiled once, when it is first asked. Safe for
 * use by many threads.
 *
 * <p>Source: MCP schema, {@code Tool.inputSchema}; JSON Schema 2020-12 where it names no other.
 */
public final class InputSchema {

  /** What it says of the arguments of one call. */
  public sealed interface Answer {
    /** They are as it wants them. */
    record Fits() implements Answer {}

    /**
     * They are not.
     *
     * @param faults which argument must be what; no values of arguments
     */
    record Differs(List<String> faults) implements Answer {
      public Differs {
        faults = List.copyOf(faults);
      }
    }

    /**
     * It cannot judge them.
     *
     * @param why for operators
     */
    record Unusable(String why) implements Answer {}
  }

  /** Of a schema: its members, elements and characters. */
  static final int LARGEST = 256 * 1024;

  private static final int DEEPEST = 64;
  private static final int MOST_PLACES = 1_000;

  /** Keywords tried for one call, beside so many for every value in it. */
  private static final long MOST_STEPS = 200_000;

  private static final long STEPS_A_VALUE = 32;

  private static final Answer FITS = new Answer.Fits();
  private static final AtomicBoolean PREPARED = new AtomicBoolean();
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder
                  .schemaCacheEnabled(false)
                  .schemaLoader(loader -> loader.fetchRemoteResources(false))
                  .schemaRegistryConfig(
                      SchemaRegistryConfig.builder()
                          .formatAssertionsEnabled(false)
                          .losslessNarrowing(true)
                          .preloadSchema(true)
                          .regularExpressionFactory(InputSchema::pattern)
                          .build()));
  private static final ExecutionConfig CONFIG =
      ExecutionConfig.builder().locale(Locale.ROOT).formatAssertionsEnabled(false).build();

  private final JsonNode source;
  private final int size;
  private volatile Optional<Compiled> compiled = Optional.empty();

  /** The schema, ready for use or not: then why not. */
  private record Compiled(Optional<Schema> schema, String fault) {}

  InputSchema(JsonNode source) {
    this.size = size(source, 0);
    // What is too large is not kept either.
    this.source = size > LARGEST ? source.path("") : source;
  }

  /** A schema that stands by itself. */
  public static InputSchema of(JsonNode source) {
    return new InputSchema(source);
  }

  /**
   * Loads what every schema needs, once and beside the calls: the first one to be compiled takes a
   * fifth of a second, those after it a few milliseconds.
   */
  static void prepare() {
    if (PREPARED.compareAndSet(false, true)) {
      JsonNodeFactory nodes = JsonNodeFactory.instance;
      InputSchema any = of(nodes.objectNode().put("type", "object"));
      Thread.ofPlatform().daemon().name("input schemas").start(() -> any.check(nodes.objectNode()));
    }
  }

  /** About how many bytes it holds on to. */
  int size() {
    return size > LARGEST ? 0 : size;
  }

  boolean is(JsonNode other) {
    return source.equals(other);
  }

  /** Judges the arguments of a call. Never throws. */
  public Answer check(ObjectNode arguments) {
    Compiled ready = compiled();
    if (ready.schema().isEmpty()) {
      return new Answer.Unusable(ready.fault());
    }
    Values values = new Values();
    if (!values.count(arguments)) {
      return new Answer.Unusable("the arguments hold a number of extraordinary size");
    }
    Steps steps = new Steps(MOST_STEPS + STEPS_A_VALUE * values.count);
    try {
      ready.schema().get().validate(steps, arguments);
    } catch (TooManyStepsException _) {
      return new Answer.Unusable("the schema takes too long for these arguments");
    } catch (RuntimeException | StackOverflowError _) {
      return new Answer.Unusable("the schema cannot be applied to these arguments");
    }
    List<Error> errors = steps.getErrors();
    return errors.isEmpty() ? FITS : new Answer.Differs(SchemaFaults.of(errors));
  }

  private Compiled compiled() {
    Optional<Compiled> known = compiled;
    if (known.isPresent()) {
      return known.get();
    }
    Compiled made = compile();
    compiled = Optional.of(made);
    return made;
  }

  private Compiled compile() {
    Optional<String> fault = fault();
    if (fault.isPresent()) {
      return new Compiled(Optional.empty(), fault.get());
    }
    try {
      Schema schema = REGISTRY.getSchema(SchemaLocation.of("tollbar:tool"), source);
      schema.initializeValidators();
      return new Compiled(Optional.of(schema), "");
    } catch (PatternException e) {
      return new Compiled(Optional.empty(), e.text());
    } catch (RuntimeException | StackOverflowError e) {
      String why =
          e.getCause() instanceof PatternException pattern
              ? pattern.text()
              : "it is no JSON Schema";
      return new Compiled(Optional.empty(), why);
    }
  }

  private Optional<String> fault() {
    if (size > LARGEST) {
      return Optional.of("it is larger than " + LARGEST / 1024 + " KiB, or deeper than " + DEEPEST);
    }
    if (!source.isObject()) {
      return Optional.of("there is none");
    }
    if (refersElsewhere(source)) {
      return Optional.of("it refers to another schema");
    }
    String named = source.path("$schema").asText(SpecificationVersion.DRAFT_2020_12.getDialectId());
    Optional<SpecificationVersion> dialect =
        Arrays.stream(SpecificationVersion.values())
            .filter(version -> plain(version.getDialectId()).equals(plain(named)))
            .findFirst();
    if (dialect.isEmpty()) {
      return Optional.of("it is of a dialect that is not known");
    }
    try {
      Steps steps = new Steps(MOST_STEPS + STEPS_A_VALUE * size);
      REGISTRY.getSchema(SchemaLocation.of(dialect.get().getDialectId())).validate(steps, source);
      return steps.getErrors().isEmpty() ? Optional.empty() : Optional.of("it is no JSON Schema");
    } catch (RuntimeException | StackOverflowError _) {
      return Optional.of("it is no JSON Schema");
    }
  }

  /** Draft 7 and older end in an empty fragment, which people leave out or add elsewhere. */
  private static String plain(String dialect) {
    return dialect.endsWith("#") ? dialect.substring(0, dialect.length() - 1) : dialect;
  }

  /** References may lead to places in the schema itself, and nowhere else. */
  private static boolean refersElsewhere(JsonNode node) {
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      boolean reference =
          member.getKey().equals("$ref")
              || member.getKey().equals("$dynamicRef")
              || member.getKey().equals("$recursiveRef");
      if (reference
          && member.getValue().isTextual()
          && !member.getValue().textValue().startsWith("#")) {
        return true;
      }
    }
    for (JsonNode child : node) {
      if (child.isContainerNode() && refersElsewhere(child)) {
        return true;
      }
    }
    return false;
  }

  /** Stops counting where it is too large already. */
  private static int size(JsonNode node, int depth) {
    if (depth > DEEPEST) {
      return LARGEST + 1;
    }
    int size = 32 + (node.isTextual() ? node.textValue().length() : 0);
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      size += member.getKey().length();
    }
    for (JsonNode child : node) {
      size += size(child, depth + 1);
      if (size > LARGEST) {
        return LARGEST + 1;
      }
    }
    return size;
  }

  private static RegularExpression pattern(String text) {
    try {
      Pattern pattern = Regex.compile(text);
      return value -> pattern.matcher(value).find();
    } catch (PatternSyntaxException _) {
      throw new PatternException(text);
    }
  }

  /** A pattern that needs more than linear time or much memory, or is none. */
  private static final class PatternException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PatternException(String pattern) {
      super(pattern, null, false, false);
    }

    String text() {
      return "its pattern "
          + SchemaFaults.quote(String.valueOf(getMessage()))
          + " is not RE2, or too large";
    }
  }

  /** Counts values, and refuses numbers that are small on the wire and huge in memory. */
  private static final class Values {
    private long count;

    boolean count(JsonNode node) {
      count++;
      if (node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) > MOST_PLACES) {
        return false;
      }
      for (JsonNode child : node) {
        if (!count(child)) {
          return false;
        }
      }
      return true;
    }
  }

  /** Ends an evaluation that tries too many keywords. */
  private static final class Steps extends ExecutionContext {
    private long left;

    Steps(long most) {
      super(CONFIG);
      this.left = most;
    }

    @Override
    public void evaluationPathAddLast(String step) {
      count();
      super.evaluationPathAddLast(step);
    }

    @Override
    public void evaluationPathAddLast(int step) {
      count();
      super.evaluationPathAddLast(step);
    }

    private void count() {
      if (--left < 0) {
        throw new TooManyStepsException();
      }
    }
  }

  private static final class TooManyStepsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManyStepsException() {
      super("too many steps", null, false, false);
    }
  }
}
