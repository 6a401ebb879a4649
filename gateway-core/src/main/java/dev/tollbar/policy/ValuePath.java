package dev.tollbar.policy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.Conditions.Quantifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The way from the arguments of a call to the values that a condition looks at. */
final class ValuePath {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Pattern STEP =
      Pattern.compile(
          "\\.(?<name>[^.\\[\\]\"\\s]+)"
              + "|\\[(?<index>0|[1-9][0-9]{0,8})]"
              + "|\\[(?<each>\\*)]"
              + "|\\[(?<quoted>\"(?:[^\"\\\\]|\\\\.)*+\")]");

  private sealed interface Step {
    record Member(String name) implements Step {}

    record Index(int at) implements Step {}

    record Each() implements Step {}
  }

  /** What was found, and of which part of the path it speaks. */
  record Found(Answer answer, String at) {}

  private final List<Step> steps;

  /** The path's text up to and including each step; the root first. */
  private final List<String> prefixes;

  private ValuePath(List<Step> steps, List<String> prefixes) {
    this.steps = List.copyOf(steps);
    this.prefixes = List.copyOf(prefixes);
  }

  /** Reads what follows the root of a path: {@code .a.b}, {@code .items[0]}, {@code ["a.b"]}. */
  static Optional<ValuePath> parse(String root, String rest) {
    List<Step> steps = new ArrayList<>();
    List<String> prefixes = new ArrayList<>(List.of(root));
    Matcher matcher = STEP.matcher(rest);
    int end = 0;
    while (end < rest.length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        return Optional.empty();
      }
      Optional<Step> step = step(matcher);
      if (step.isEmpty()) {
        return Optional.empty();
      }
      steps.add(step.get());
      end = matcher.end();
      prefixes.add(root + rest.substring(0, end));
    }
    return Optional.of(new ValuePath(steps, prefixes));
  }

  private static Optional<Step> step(Matcher matcher) {
    String name = matcher.group("name");
    if (name != null) {
      return Optional.of(new Step.Member(name));
    }
    String index = matcher.group("index");
    if (index != null) {
      return Optional.of(new Step.Index(Integer.parseInt(index)));
    }
    String quoted = matcher.group("quoted");
    if (quoted != null) {
      try {
        return Optional.of(new Step.Member(JSON.readValue(quoted, String.class)));
      } catch (JsonProcessingException _) {
        return Optional.empty();
      }
    }
    return Optional.of(new Step.Each());
  }

  /** The one member that the path names, if it is no deeper. */
  Optional<String> onlyMember() {
    return steps.size() == 1 && steps.getFirst() instanceof Step.Member(String name)
        ? Optional.of(name)
        : Optional.empty();
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  /** Every value that the path leads to, in order. */
  List<JsonNode> values(JsonNode root) {
    List<JsonNode> values = List.of(root);
    for (Step step : steps) {
      values =
          values.stream()
              .flatMap(node ->
                  switch (step) {
                    case Step.Member(String name) -> Stream.of(node.path(name));
                    case Step.Index(int index) -> Stream.of(node.path(index));
                    case Step.Each _ -> node.isArray() ? node.valueStream() : Stream.empty();
                  })
              .filter(node -> !node.isMissingNode())
              .toList();
    }
    return values;
  }

  Found test(JsonNode root, Comparison comparison, Quantifier over) {
    return walk(root, 0, comparison, over);
  }

  /**
   * What stands there, if anything does; a list of it where the path goes through all of a list.
   */
  Optional<JsonNode> find(JsonNode root) {
    return find(root, 0);
  }

  private Optional<JsonNode> find(JsonNode node, int depth) {
    if (depth == steps.size()) {
      return node.isMissingNode() ? Optional.empty() : Optional.of(node);
    }
    return switch (steps.get(depth)) {
      case Step.Member(String name) -> find(node.path(name), depth + 1);
      case Step.Index(int index) -> find(node.path(index), depth + 1);
      case Step.Each _ -> {
        if (!node.isArray()) {
          yield Optional.empty();
        }
        ArrayNode found = JsonNodeFactory.instance.arrayNode();
        node.forEach(element -> find(element, depth + 1).ifPresent(found::add));
        yield Optional.of(found);
      }
    };
  }

  private Found walk(JsonNode node, int depth, Comparison comparison, Quantifier over) {
    if (depth == steps.size()) {
      return at(depth, comparison.test(node));
    }
    return switch (steps.get(depth)) {
      case Step.Member(String name) -> {
        if (!node.isObject()) {
          yield through(node, depth, "an object", comparison);
        }
        yield next(node.path(name), depth, comparison, over);
      }
      case Step.Index(int index) -> {
        if (!node.isArray()) {
          yield through(node, depth, "a list", comparison);
        }
        yield next(node.path(index), depth, comparison, over);
      }
      case Step.Each _ -> {
        if (!node.isArray()) {
          yield through(node, depth, "a list", comparison);
        }
        yield each(node, depth, comparison, over);
      }
    };
  }

  private Found next(JsonNode child, int depth, Comparison comparison, Quantifier over) {
    return child.isMissingNode()
        ? at(depth + 1, comparison.missing())
        : walk(child, depth + 1, comparison, over);
  }

  private Found through(JsonNode node, int depth, String container, Comparison comparison) {
    return at(depth, node.isNull() ? comparison.missing() : comparison.blocked(node, container));
  }

  /** An empty list has no value at this path, as if it were missing. */
  private Found each(JsonNode list, int depth, Comparison comparison, Quantifier over) {
    if (list.isEmpty()) {
      return at(depth + 1, comparison.missing());
    }
    boolean all = true;
    boolean any = false;
    for (JsonNode element : list) {
      Found found = walk(element, depth + 1, comparison, over);
      if (found.answer() instanceof Answer.Wrong) {
        return found;
      }
      boolean holds = found.answer() instanceof Answer.Yes;
      all &= holds;
      any |= holds;
    }
    return at(depth + 1, Answer.of(over == Quantifier.ALL ? all : any));
  }

  private Found at(int depth, Answer answer) {
    return new Found(answer, prefixes.get(depth));
  }
}
