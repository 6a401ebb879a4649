package dev.tollbar.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.policy.Wording;
import dev.tollbar.trial.ExactJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** JSON on the command line: itself, {@code @FILE}, or {@code -} for standard input. */
final class JsonInput {
  private JsonInput() {}

  /**
   * Reads an object, numbers exact.
   *
   * @param option the option that it is given by, for messages
   */
  static ObjectNode object(String option, String given, InputStream standardInput)
      throws CommandException {
    String text = text(option, given, standardInput);
    try {
      JsonNode found = ExactJson.READER.readTree(text);
      if (found instanceof ObjectNode object) {
        return object;
      }
      throw CommandException.badInput(expected(option, Wording.found(found)));
    } catch (JsonProcessingException _) {
      throw CommandException.badInput(expected(option, "no JSON: " + Wording.quote(text.strip())));
    }
  }

  private static String text(String option, String given, InputStream standardInput)
      throws CommandException {
    try {
      if (given.equals("-")) {
        return new String(standardInput.readAllBytes(), StandardCharsets.UTF_8);
      }
      return given.startsWith("@") ? Files.readString(Path.of(given.substring(1))) : given;
    } catch (IOException | InvalidPathException _) {
      throw CommandException.badInput(
          "tollbar: "
              + option
              + ": expected a file that can be read; found "
              + Wording.quote(given.substring(1))
              + ".");
    }
  }

  private static String expected(String option, String found) {
    return "tollbar: " + option + ": expected a JSON object; found " + found + ".";
  }
}
