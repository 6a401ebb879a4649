package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Tool;
import java.math.BigDecimal;
import java.util.List;

/** Which tools, prompts or resources an entry of a policy is for. */
public sealed interface Selector {

  /** One name. */
  record Exact(String name) implements Selector {
    @Override
    public boolean matches(Tool tool) {
      return name.equals(tool.name());
    }

    @Override
    public String text() {
      return name;
    }
  }

  /** Names by a pattern in which {@code *} stands for any run of characters. */
  record Pattern(String text, Glob glob) implements Selector {
    @Override
    public boolean matches(Tool tool) {
      return glob.matches(tool.name());
    }
  }

  /** Tools that the server's own annotations put into a category. */
  record Category(String category) implements Selector {
    @Override
    public boolean matches(Tool tool) {
      return tool.seen() && tool.category().filter(category::equals).isPresent();
    }

    @Override
    public String text() {
      return "@category:" + category;
    }
  }

  /** Tools by one of the server's own annotations. */
  record Annotation(String text, String name, JsonNode value) implements Selector {
    @Override
    public boolean matches(Tool tool) {
      return Annotations.value(tool, name)
          .filter(found -> JsonEquality.equal(found, value))
          .isPresent();
    }
  }

  /** All that {@code default: deny} refuses; in {@code hide} only. */
  record Unlisted() implements Selector {
    @Override
    public boolean matches(Tool tool) {
      return false;
    }

    @Override
    public String text() {
      return "@unlisted";
    }
  }

  /** Annotations of the protocol that say what a tool does: true or false. */
  List<String> HINTS =
      List.of("readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint");

  /** Categories that tools can have. */
  List<String> CATEGORIES = List.of("read", "write", "destructive");

  /**
   * Whether it names this tool. {@link Unlisted} depends on the policy and names none by itself.
   */
  boolean matches(Tool tool);

  /** As the document writes it. */
  String text();

  /** Whether only a tool seen in the server's own list can be judged. */
  default boolean needsSeen() {
    return switch (this) {
      case Category _, Annotation _ -> true;
      case Exact _, Pattern _, Unlisted _ -> false;
    };
  }

  /**
   * Reads a version 2 selector.
   *
   * @param hide whether it stands in {@code hide}
   * @param section prompts and resources have neither categories nor annotations
   * @throws InvalidConfigException with an empty key
   */
  static Selector of(String text, Section section, boolean hide) {
    if (!text.startsWith("@")) {
      if (text.isEmpty()) {
        throw new InvalidConfigException("", "a name or a pattern such as \"read_*\"", "\"\"");
      }
      return text.contains("*") ? new Pattern(text, Glob.ofNames(text)) : new Exact(text);
    }
    if (hide && text.equals("@unlisted")) {
      return new Unlisted();
    }
    if (section == Section.TOOLS && text.startsWith("@category:")) {
      return category(text);
    }
    if (section == Section.TOOLS && text.startsWith("@annotation:")) {
      return annotation(text);
    }
    throw new InvalidConfigException("", expected(section, hide), Wording.quote(text));
  }

  private static String expected(Section section, boolean hide) {
    String named = "a name, a pattern such as \"read_*\"";
    String more = section == Section.TOOLS ? ", \"@category:…\", \"@annotation:…=…\"" : "";
    return hide ? named + more + " or \"@unlisted\"" : named + more;
  }

  private static Selector category(String text) {
    String category = text.substring("@category:".length());
    if (!CATEGORIES.contains(category)) {
      throw new InvalidConfigException(
          "",
          "\"@category:\" with read, write or destructive",
          Wording.quote(text) + Wording.didYouMean(category, CATEGORIES));
    }
    return new Category(category);
  }

  private static Selector annotation(String text) {
    String pair = text.substring("@annotation:".length());
    int equals = pair.indexOf('=');
    if (equals < 1) {
      throw new InvalidConfigException(
          "",
          "\"@annotation:\" with a name and a value: \"@annotation:readOnlyHint=true\"",
          Wording.quote(text));
    }
    return new Annotation(text, pair.substring(0, equals), scalar(pair.substring(equals + 1)));
  }

  private static JsonNode scalar(String text) {
    if (text.equals("true") || text.equals("false")) {
      return BooleanNode.valueOf(text.equals("true"));
    }
    return text.matches("-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,18})?")
        ? DecimalNode.valueOf(new BigDecimal(text))
        : TextNode.valueOf(text);
  }
}
