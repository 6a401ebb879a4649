package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Conditions.Quantifier;
import java.time.DayOfWeek;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** What a condition looks at: arguments by a path, or a fact about the call. */
sealed interface Subject {

  record Arguments(String text, ValuePath path) implements Subject {
    @Override
    public List<JsonNode> values(Call call) {
      return path.values(call.arguments());
    }

    @Override
    public ValuePath.Found test(Call call, Comparison comparison, Quantifier over) {
      return path.test(call.arguments(), comparison, over);
    }
  }

  /** What came back. There is something to look at only where conditions are asked with it. */
  record Result(String text, ValuePath path) implements Subject {
    @Override
    public List<JsonNode> values(Call call) {
      return path.values(of(call));
    }

    @Override
    public ValuePath.Found test(Call call, Comparison comparison, Quantifier over) {
      return path.test(of(call), comparison, over);
    }

    private static JsonNode of(Call call) {
      return call instanceof AnsweredCall answered ? answered.result() : NullNode.getInstance();
    }
  }

  /**
   * A fact about the call.
   *
   * @param ofTool whether it is known only of a tool seen in the server's list
   * @param choices the only values it can have; empty if they are not known
   */
  record Fact(
      String path, boolean ofTool, List<String> choices, Function<Call, Optional<JsonNode>> reader)
      implements Subject {
    @Override
    public String text() {
      return path;
    }

    @Override
    public List<JsonNode> values(Call call) {
      return ofTool && !call.tool().seen() ? List.of() : reader.apply(call).stream().toList();
    }

    @Override
    public ValuePath.Found test(Call call, Comparison comparison, Quantifier over) {
      if (ofTool && !call.tool().seen()) {
        return new ValuePath.Found(NOT_SEEN, path);
      }
      Optional<JsonNode> value = reader.apply(call);
      return new ValuePath.Found(
          value.isPresent() ? comparison.test(value.get()) : comparison.missing(), path);
    }
  }

  String HOUR = "time.utc_hour";

  Answer NOT_SEEN =
      new Answer.Wrong(
          "is not known, as the gateway has not seen this tool in the server's own list yet");

  List<String> WEEKDAYS =
      Arrays.stream(DayOfWeek.values()).map(day -> day.name().toLowerCase(Locale.ROOT)).toList();

  /** What the root of a path may be in version 2, for messages. */
  List<String> FACTS =
      List.of(
          "grant.name",
          "grant.labels.X",
          "server",
          "tool.name",
          "tool.category",
          "tool.annotations.X",
          "time.utc_hour",
          "time.weekday");

  ValuePath.Found test(Call call, Comparison comparison, Quantifier over);

  /** As the document writes it. */
  String text();

  /** What stands there, for people who ask why; several with {@code [*]}. */
  List<JsonNode> values(Call call);

  /** The only values it can have, if they are known. */
  default List<String> choices() {
    return List.of();
  }

  /** Whether what stands there is always a text. */
  default boolean isText() {
    return this instanceof Fact fact
        && !fact.path().equals(HOUR)
        && !fact.path().startsWith("tool.annotations");
  }

  /** Reads a path; empty if it is none. */
  static Optional<Subject> parse(String path, Dialect dialect) {
    if (path.startsWith("args.") || path.startsWith("args[")) {
      return ValuePath.parse("args", path.substring("args".length()))
          .map(steps -> new Arguments(path, steps));
    }
    return dialect == Dialect.VERSION_2 ? fact(path) : Optional.empty();
  }

  /** Reads a path that may lead into the result; empty if it is none. */
  static Optional<Subject> parseWithResult(String path, Dialect dialect) {
    if (path.startsWith("result.") || path.startsWith("result[")) {
      return ValuePath.parse("result", path.substring("result".length()))
          .map(steps -> new Result(path, steps));
    }
    return parse(path, dialect);
  }

  private static Optional<Subject> fact(String path) {
    return switch (path) {
      case "grant.name" -> fact(path, call -> TextNode.valueOf(call.grant()));
      case "server" -> fact(path, call -> TextNode.valueOf(call.server()));
      case "tool.name" -> fact(path, call -> TextNode.valueOf(call.tool().name()));
      case "tool.category" ->
          Optional.of(
              new Fact(
                  path,
                  true,
                  Selector.CATEGORIES,
                  call -> call.tool().category().map(TextNode::valueOf)));
      case HOUR ->
          fact(path, call -> IntNode.valueOf(call.time().atOffset(ZoneOffset.UTC).getHour()));
      case "time.weekday" ->
          Optional.of(
              new Fact(
                  path, false, WEEKDAYS, call -> Optional.of(TextNode.valueOf(weekday(call)))));
      default -> member(path);
    };
  }

  private static String weekday(Call call) {
    return WEEKDAYS.get(call.time().atOffset(ZoneOffset.UTC).getDayOfWeek().getValue() - 1);
  }

  private static Optional<Subject> fact(String path, Function<Call, JsonNode> reader) {
    return Optional.of(new Fact(path, false, List.of(), call -> Optional.of(reader.apply(call))));
  }

  private static Optional<Subject> member(String path) {
    Optional<String> label = member(path, "grant.labels");
    if (label.isPresent()) {
      return Optional.of(
          new Fact(
              path,
              false,
              List.of(),
              call -> Optional.ofNullable(call.labels().get(label.get())).map(TextNode::valueOf)));
    }
    return member(path, "tool.annotations")
        .map(name -> new Fact(path, true, List.of(), call -> Annotations.value(call.tool(), name)));
  }

  private static Optional<String> member(String path, String root) {
    return path.startsWith(root)
        ? ValuePath.parse(root, path.substring(root.length())).flatMap(ValuePath::onlyMember)
        : Optional.empty();
  }
}
