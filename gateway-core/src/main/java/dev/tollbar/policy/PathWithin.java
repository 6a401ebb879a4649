package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Whether a path lies in a folder, by its text alone. A path that can mean another place than it
 * says ({@code ..}, encoded separators, backslashes, drives, a home) cannot be judged.
 */
record PathWithin(boolean absolute, List<String> names) {
  private static final String EXPECTED =
      "folders such as \"/srv/data\", or \".\" for relative paths";

  /** Too long forms of other characters in UTF-8, which lenient readers take. */
  static final String OVERLONG = "%(?:c[01]|e0%[89]|f0%8)";

  private static final Pattern TRICK =
      Pattern.compile(
          "[\\\\\\p{Cntrl}]|%(?:25|2e|2f|5c|00)|" + OVERLONG + "|^~|^[a-z][a-z0-9+.-]*:",
          Pattern.CASE_INSENSITIVE);

  private static final Answer NO_PATH =
      new Answer.Wrong(
          "must be a plain path, without \"..\", encoded characters, backslashes or a drive");

  static Comparison of(JsonNode value) {
    List<PathWithin> folders =
        Operator.texts(value, EXPECTED).stream()
            .map(text ->
                parse(text).orElseThrow(() -> Operator.invalid(EXPECTED, TextNode.valueOf(text))))
            .toList();
    return found -> {
      if (!found.isTextual()) {
        return Comparison.wrong("a string", found);
      }
      return parse(found.textValue()).map(path -> judge(folders, path)).orElse(NO_PATH);
    };
  }

  private static Answer judge(List<PathWithin> folders, PathWithin path) {
    List<PathWithin> alike =
        folders.stream().filter(folder -> folder.absolute == path.absolute).toList();
    if (alike.isEmpty()) {
      // Where a relative path starts, only the server knows.
      return new Answer.Wrong(
          path.absolute ? "must be a relative path" : "must be an absolute path");
    }
    return Answer.of(
        alike.stream()
            .anyMatch(folder ->
                path.names.size() >= folder.names.size()
                    && path.names.subList(0, folder.names.size()).equals(folder.names)));
  }

  private static Optional<PathWithin> parse(String text) {
    if (text.isEmpty() || TRICK.matcher(text).find()) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    for (String name : text.split("/", -1)) {
      if (name.equals("..")) {
        return Optional.empty();
      }
      if (!name.isEmpty() && !name.equals(".")) {
        names.add(name);
      }
    }
    return Optional.of(new PathWithin(text.startsWith("/"), List.copyOf(names)));
  }
}
