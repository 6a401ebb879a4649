package dev.tollbar.upstream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What arguments must be and are not, in the words of policies: {@code args.amount must be a
 * number, but is a string}. Never a value of an argument.
 */
final class SchemaFaults {
  private static final int MOST = 3;
  private static final int MOST_CHOICES = 10;
  private static final int LONGEST = 80;
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

  private SchemaFaults() {}

  static List<String> of(List<Error> errors) {
    Set<String> faults = new LinkedHashSet<>();
    Set<String> groups = new LinkedHashSet<>();
    for (Error error : errors) {
      int alternatives = alternatives(error.getEvaluationPath());
      if (alternatives < 0) {
        faults.add(fault(error));
      } else if (groups.add(prefix(error.getEvaluationPath(), alternatives))) {
        // What one of several forms wants is no demand by itself.
        faults.add(path(error.getInstanceLocation()) + " fits none of the forms that it can have");
      }
      if (faults.size() > MOST) {
        break;
      }
    }
    List<String> all = new ArrayList<>(faults);
    return all.size() > MOST ? List.of(all.get(0), all.get(1), all.get(2), "and more") : all;
  }

  /** Where the path goes into one of several forms; -1 if it does not. */
  private static int alternatives(NodePath path) {
    for (int i = 0; i < path.getNameCount(); i++) {
      String name = String.valueOf(path.getElement(i));
      boolean inside = i + 1 < path.getNameCount() && path.getElement(i + 1) instanceof Integer;
      if (inside && (name.equals("anyOf") || name.equals("oneOf"))) {
        return i;
      }
    }
    return -1;
  }

  private static String prefix(NodePath path, int end) {
    StringBuilder prefix = new StringBuilder();
    for (int i = 0; i <= end; i++) {
      prefix.append('/').append(path.getElement(i));
    }
    return prefix.toString();
  }

  private static String fault(Error error) {
    String at = path(error.getInstanceLocation());
    JsonNode wanted = error.getSchemaNode() == null ? TextNode.valueOf("") : error.getSchemaNode();
    String keyword = error.getKeyword() == null ? "" : error.getKeyword();
    String property = error.getProperty() == null ? "" : step(error.getProperty());
    return switch (keyword) {
      case "required", "dependentRequired", "dependencies" ->
          property.isEmpty() ? at + " lacks a member" : at + property + " is missing";
      case "additionalProperties", "unevaluatedProperties" ->
          property.isEmpty()
              ? at + " has a member that the tool does not know"
              : at + property + " is not known to the tool";
      case "type" -> at + " must be " + types(wanted) + ", but is " + type(error.getInstanceNode());
      case "enum" -> at + " must be " + choices(wanted);
      case "const" -> at + " must be " + shown(wanted);
      case "minimum" -> at + " must be at least " + shown(wanted);
      case "maximum" -> at + " must be at most " + shown(wanted);
      case "exclusiveMinimum" -> at + " must be more than " + shown(wanted);
      case "exclusiveMaximum" -> at + " must be less than " + shown(wanted);
      case "multipleOf" -> at + " must be a multiple of " + shown(wanted);
      case "minLength" -> at + " must have at least " + shown(wanted) + " characters";
      case "maxLength" -> at + " must have at most " + shown(wanted) + " characters";
      case "minItems" -> at + " must have at least " + shown(wanted) + " elements";
      case "maxItems" -> at + " must have at most " + shown(wanted) + " elements";
      case "minProperties" -> at + " must have at least " + shown(wanted) + " members";
      case "maxProperties" -> at + " must have at most " + shown(wanted) + " members";
      case "uniqueItems" -> at + " must not have equal elements";
      case "pattern" -> at + " must match the pattern " + shown(wanted);
      case "anyOf", "oneOf" -> at + " fits none of the forms that it can have, or several";
      default -> at + " is not as " + quote(keyword) + " of the schema wants it";
    };
  }

  /** As conditions write it. */
  private static String path(NodePath location) {
    StringBuilder path = new StringBuilder("args");
    for (int i = 0; i < location.getNameCount() && path.length() < LONGEST; i++) {
      Object element = location.getElement(i);
      path.append(element instanceof Integer ? "[" + element + "]" : step(String.valueOf(element)));
    }
    return path.toString();
  }

  private static String step(String name) {
    return PLAIN.matcher(name).matches() && name.length() <= LONGEST
        ? "." + name
        : "[" + quote(name) + "]";
  }

  private static String types(JsonNode wanted) {
    List<String> types = new ArrayList<>();
    (wanted.isArray() ? wanted : List.of(wanted)).forEach(type -> types.add(typeWord(type)));
    return or(types);
  }

  private static String typeWord(JsonNode type) {
    return switch (type.asText("")) {
      case "string" -> "a string";
      case "number" -> "a number";
      case "integer" -> "a whole number";
      case "boolean" -> "a boolean";
      case "object" -> "an object";
      case "array" -> "a list";
      default -> "null";
    };
  }

  private static String type(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "a string";
      case NUMBER -> "a number";
      case BOOLEAN -> "a boolean";
      case OBJECT -> "an object";
      case ARRAY -> "a list";
      default -> "null";
    };
  }

  private static String choices(JsonNode wanted) {
    if (!wanted.isArray() || wanted.isEmpty() || wanted.size() > MOST_CHOICES) {
      return "one of the values that the schema names";
    }
    List<String> choices = new ArrayList<>();
    wanted.forEach(choice -> choices.add(shown(choice)));
    return or(choices);
  }

  private static String or(List<String> choices) {
    return choices.size() < 2
        ? String.join("", choices)
        : String.join(", ", choices.subList(0, choices.size() - 1)) + " or " + choices.getLast();
  }

  /** Something that the schema says. */
  private static String shown(JsonNode wanted) {
    return wanted.isTextual() ? quote(wanted.textValue()) : cut(wanted.toString());
  }

  static String quote(String text) {
    return TextNode.valueOf(cut(text)).toString();
  }

  private static String cut(String text) {
    return text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text;
  }
}
