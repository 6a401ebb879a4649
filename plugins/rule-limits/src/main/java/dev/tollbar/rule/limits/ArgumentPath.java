package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The path to one argument: {@code args.a.b}, {@code args.items[0].price}, {@code args["a.b"]}.
 *
 * @param text as it was written
 */
record ArgumentPath(String text, List<Step> steps) {
  private static final String ROOT = "args";
  private static final Pattern STEP =
      Pattern.compile(
          """
          [.]([^.\\["\\]*]+)|\\[([0-9]{1,9})]|\\["((?:[^"\\\\]|\\\\["\\\\])*+)"]\
          """);

  /** One step down: into a member, or into an element. */
  sealed interface Step {
    record Member(String name) implements Step {}

    record Element(int index) implements Step {}
  }

  /** Empty if the text is not the path of one argument. */
  static Optional<ArgumentPath> parse(String text) {
    if (!text.startsWith(ROOT) || text.equals(ROOT)) {
      return Optional.empty();
    }
    List<Step> steps = new ArrayList<>();
    Matcher matcher = STEP.matcher(text).region(ROOT.length(), text.length());
    while (matcher.lookingAt()) {
      steps.add(step(matcher));
      matcher.region(matcher.end(), text.length());
    }
    return matcher.regionStart() == text.length()
        ? Optional.of(new ArgumentPath(text, List.copyOf(steps)))
        : Optional.empty();
  }

  private static Step step(Matcher matcher) {
    if (matcher.group(1) != null) {
      return new Step.Member(matcher.group(1));
    }
    return matcher.group(2) != null
        ? new Step.Element(Integer.parseInt(matcher.group(2)))
        : new Step.Member(matcher.group(3).replaceAll("\\\\(.)", "$1"));
  }

  /** The value there; empty if there is none, or it is null. */
  Optional<JsonNode> find(ObjectNode arguments) {
    JsonNode node = arguments;
    for (Step step : steps) {
      // Neither answers for a node of the other kind: the value is then missing.
      node =
          switch (step) {
            case Step.Member member -> node.path(member.name());
            case Step.Element element -> node.path(element.index());
          };
    }
    return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  /** As JSON text, so that it can stand in a key. */
  String quoted() {
    return TextNode.valueOf(text).toString();
  }
}
