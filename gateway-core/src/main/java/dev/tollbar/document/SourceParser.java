package dev.tollbar.document;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.tollbar.policy.Wording;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads JSON and YAML into one tree with positions. Narrow: what two programs could read
 * differently is refused, and so is what can make a small file large.
 */
final class SourceParser {
  private static final int DEEPEST = 64;
  private static final int LONGEST = 20_000_000;
  private static final int MOST_PLACES = 10_000;

  /** The YAML library copies the rest of a word for each 1,000 characters that it reads of it. */
  private static final int LONGEST_LINE = 100_000;

  private static final Pattern PLAIN_NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?");
  private static final StreamReadConstraints BOUNDS =
      StreamReadConstraints.builder()
          .maxNestingDepth(DEEPEST * 4)
          .maxNameLength(LONGEST)
          .maxStringLength(LONGEST)
          .build();
  private static final JsonFactory JSON =
      JsonFactory.builder().streamReadConstraints(BOUNDS).build();
  private static final JsonFactory YAML = yaml();

  private final String file;
  private final JsonParser parser;
  private final List<Problem> problems;

  private SourceParser(String file, JsonParser parser, List<Problem> problems) {
    this.file = file;
    this.parser = parser;
    this.problems = problems;
  }

  private static JsonFactory yaml() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(LONGEST);
    options.setNestingDepthLimit(DEEPEST * 4);
    return YAMLFactory.builder().loaderOptions(options).streamReadConstraints(BOUNDS).build();
  }

  /**
   * Reads one file.
   *
   * @param file its name, whose ending says what it is
   * @param problems where faults go that do not keep the rest from being read
   * @throws RejectedException if the rest cannot be read
   */
  static Source parse(String file, String text, List<Problem> problems) throws RejectedException {
    boolean yaml = file.endsWith(".yaml") || file.endsWith(".yml");
    if (!yaml && !file.endsWith(".json")) {
      throw new RejectedException(
          new Problem(file, 0, 0, "", "expected a file whose name ends in .json, .yaml or .yml"));
    }
    if (yaml) {
      refuseLongLines(file, text);
    }
    try (JsonParser parser = (yaml ? YAML : JSON).createParser(text)) {
      return new SourceParser(file, parser, problems).document();
    } catch (JsonProcessingException e) {
      throw new RejectedException(syntax(file, yaml, e));
    } catch (IOException | IllegalArgumentException _) {
      throw new RejectedException(new Problem(file, 1, 1, "", "not valid " + name(yaml)));
    }
  }

  private static void refuseLongLines(String file, String text) throws RejectedException {
    int line = 1;
    int start = 0;
    for (int i = 0; i <= text.length(); i++) {
      boolean end = i == text.length() || text.charAt(i) == '\n' || text.charAt(i) == '\r';
      if (end && i - start > LONGEST_LINE) {
        throw new RejectedException(
            new Problem(
                file,
                line,
                1,
                "",
                "expected lines of at most 100,000 characters, as this is YAML; found a longer one"));
      }
      if (end) {
        line += i < text.length() && text.charAt(i) == '\n' ? 1 : 0;
        start = i + 1;
      }
    }
  }

  private static String name(boolean yaml) {
    return yaml ? "YAML" : "JSON";
  }

  private Source document() throws IOException, RejectedException {
    if (parser.nextToken() == null) {
      throw new RejectedException(new Problem(file, 1, 1, "", "expected an object; found nothing"));
    }
    Spot spot = here(Optional.empty());
    JsonNode root = value("", spot, 0);
    if (parser.nextToken() != null) {
      throw new RejectedException(problem("", "expected the end of the file; found more after it"));
    }
    return new Source(file, root, spot);
  }

  private JsonNode value(String pointer, Spot spot, int depth)
      throws IOException, RejectedException {
    if (depth > DEEPEST) {
      throw new RejectedException(
          problem("", "expected at most " + DEEPEST + " levels of nesting; found more"));
    }
    refuseReferences(pointer);
    return switch (parser.currentToken()) {
      case START_OBJECT -> object(pointer, spot, depth);
      case START_ARRAY -> list(pointer, spot, depth);
      case VALUE_STRING -> TextNode.valueOf(parser.getText());
      case VALUE_TRUE, VALUE_FALSE -> flag(pointer);
      case VALUE_NULL -> NullNode.getInstance();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(pointer);
      default -> throw new RejectedException(problem(pointer, "expected a value"));
    };
  }

  private ObjectNode object(String pointer, Spot spot, int depth)
      throws IOException, RejectedException {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      String below = pointer + "/" + key.replace("~", "~0").replace("/", "~1");
      Spot keySpot = here(Optional.empty());
      boolean again = object.has(key);
      if (again) {
        problems.add(problem(below, "key " + Wording.quote(key) + " stands here a second time"));
      }
      if (key.equals("<<") && parser instanceof YAMLParser) {
        problems.add(problem(below, "expected no merge key; found \"<<\""));
      }
      refuseReferences(below);
      parser.nextToken();
      Spot valueSpot = here(Optional.of(keySpot));
      JsonNode value = value(below, valueSpot, depth + 1);
      if (!again) {
        object.set(key, value);
        spot.put(key, valueSpot);
      }
    }
    return object;
  }

  private ArrayNode list(String pointer, Spot spot, int depth)
      throws IOException, RejectedException {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Spot itemSpot = here(Optional.empty());
      spot.put(Integer.toString(list.size()), itemSpot);
      list.add(value(pointer + "/" + list.size(), itemSpot, depth + 1));
    }
    return list;
  }

  /**
   * Aliases and tags make a value something else than what stands there. The parser does not tell
   * of an anchor on a plain value; without aliases it means nothing.
   */
  private void refuseReferences(String pointer) throws IOException, RejectedException {
    if (parser instanceof YAMLParser yaml) {
      if (yaml.isCurrentAlias()) {
        throw new RejectedException(
            problem(pointer, "expected no alias; found " + Wording.quote("*" + yaml.getText())));
      }
      if (yaml.getObjectId() != null) {
        throw new RejectedException(
            problem(
                pointer, "expected no anchor; found " + Wording.quote("&" + yaml.getObjectId())));
      }
      if (yaml.getTypeId() != null) {
        throw new RejectedException(
            problem(pointer, "expected no tag; found " + Wording.quote("!" + yaml.getTypeId())));
      }
    }
  }

  /** Older YAML has more words for true and false, newer YAML takes them for texts. */
  private JsonNode flag(String pointer) throws IOException {
    String text = parser.getText();
    if (!text.equalsIgnoreCase("true") && !text.equalsIgnoreCase("false")) {
      problems.add(
          problem(pointer, "expected true or false, or a string in quotes; found " + text));
    }
    return BooleanNode.valueOf(parser.currentToken() == JsonToken.VALUE_TRUE);
  }

  private JsonNode number(String pointer) throws IOException {
    String text = parser.getText();
    if (!PLAIN_NUMBER.matcher(text).matches()) {
      problems.add(
          problem(
              pointer,
              "expected a plain decimal number, or a string in quotes; found "
                  + (text.length() > 80 ? text.substring(0, 80) + "…" : text)));
      return NullNode.getInstance();
    }
    Optional<BigDecimal> value = decimal(text);
    if (value.isEmpty()) {
      problems.add(problem(pointer, "expected a number of ordinary size; found a larger one"));
      return NullNode.getInstance();
    }
    return parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT
        ? DecimalNode.valueOf(value.get())
        : whole(value.get());
  }

  private static Optional<BigDecimal> decimal(String text) {
    if (text.length() > 1000) {
      return Optional.empty();
    }
    try {
      return Optional.of(new BigDecimal(text))
          .filter(value -> Math.abs((long) value.scale()) <= MOST_PLACES);
    } catch (NumberFormatException _) {
      return Optional.empty();
    }
  }

  private static JsonNode whole(BigDecimal value) {
    int bits = value.toBigIntegerExact().bitLength();
    if (bits < Integer.SIZE) {
      return IntNode.valueOf(value.intValueExact());
    }
    return bits < Long.SIZE
        ? LongNode.valueOf(value.longValueExact())
        : BigIntegerNode.valueOf(value.toBigIntegerExact());
  }

  private Spot here(Optional<Spot> key) {
    JsonLocation at = parser.currentTokenLocation();
    return new Spot(Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()), key);
  }

  private Problem problem(String pointer, String message) {
    Spot here = here(Optional.empty());
    return new Problem(file, here.line(), here.column(), pointer, message);
  }

  private static Problem syntax(String file, boolean yaml, JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    int line = at == null ? 1 : Math.max(1, at.getLineNr());
    int column = at == null ? 1 : Math.max(1, at.getColumnNr());
    String why =
        e instanceof StreamConstraintsException ? "something is too long" : reason(e, yaml);
    return new Problem(
        file, line, column, "", "not valid " + name(yaml) + (why.isEmpty() ? "" : ": " + why));
  }

  /** The library's reason, as far as it speaks of the file and not of itself. */
  private static String reason(JsonProcessingException e, boolean yaml) {
    return yaml ? SyntaxReason.ofYaml(e) : SyntaxReason.ofJson(e);
  }
}
