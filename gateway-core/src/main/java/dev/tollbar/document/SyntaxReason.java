package dev.tollbar.document;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.tollbar.policy.Wording;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Why a file is not valid JSON or YAML, in the words of the file. */
final class SyntaxReason {
  private static final Pattern CHARACTER =
      Pattern.compile("^Unexpected character \\('(.+)' \\(code");
  private static final Pattern TOKEN = Pattern.compile("^Unrecognized token '([^']*)'");
  private static final Pattern CLOSING =
      Pattern.compile("^Unexpected close marker '(.)': expected '(.)'");

  private SyntaxReason() {}

  static String ofJson(JsonProcessingException e) {
    if (e instanceof JsonEOFException) {
      return "the file ends too early";
    }
    String message = e.getOriginalMessage();
    Matcher closing = CLOSING.matcher(message);
    if (closing.find()) {
      return "expected "
          + Wording.quote(closing.group(2))
          + "; found "
          + Wording.quote(closing.group(1));
    }
    Matcher character = CHARACTER.matcher(message);
    if (character.find()) {
      return "unexpected " + Wording.quote(character.group(1));
    }
    Matcher token = TOKEN.matcher(message);
    return token.find() ? "unexpected " + Wording.quote(token.group(1)) : "";
  }

  static String ofYaml(JsonProcessingException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MarkedYAMLException marked && marked.getProblem() != null) {
        return marked.getProblem();
      }
    }
    return "";
  }
}
