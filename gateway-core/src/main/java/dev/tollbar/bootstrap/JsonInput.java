package dev.tollbar.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.policy.Wording;
import dev.tollbar.trial.ExactJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JSON on the command line: itself, {@code @FILE}, or {@code -} for standard input. */
final class JsonInput {
  private static final int LARGEST = 10 * 1024 * 1024;
  private static final Pattern TWICE =
      Pattern.compile("^Duplicate (?:field|Object property) ['\"](.*)['\"]");

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
    } catch (JsonProcessingException e) {
      throw CommandException.badInput(expected(option, fault(e, text)));
    }
  }

  private static String fault(JsonProcessingException e, String text) {
    Matcher twice = TWICE.matcher(e.getOriginalMessage());
    if (twice.find()) {
      return "the key " + Wording.quote(twice.group(1)) + " twice";
    }
    if (e instanceof MismatchedInputException) { // nothing else is asked of a tree
      return "more after its end: " + Wording.quote(text.strip());
    }
    return "no JSON: " + Wording.quote(text.strip());
  }

  private static String text(String option, String given, InputStream standardInput)
      throws CommandException {
    boolean standard = given.equals("-");
    if (!standard && !given.startsWith("@")) {
      return given;
    }
    String found = standard ? "standard input" : Wording.quote(given.substring(1));
    try (InputStream in =
        standard ? standardInput : Files.newInputStream(Path.of(given.substring(1)))) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw wrong(option, "at most 10 MB", found + ", which is larger");
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      if (text.startsWith("\uFEFF")) {
        throw wrong(option, "UTF-8 without a byte order mark", found + ", which begins with one");
      }
      return text;
    } catch (CharacterCodingException _) {
      throw wrong(option, "a text in UTF-8", found + ", which is not");
    } catch (IOException | InvalidPathException _) {
      throw wrong(option, "a file that can be read", found);
    }
  }

  private static String expected(String option, String found) {
    return "tollbar: " + option + ": expected a JSON object; found " + found + ".";
  }

  private static CommandException wrong(String option, String expected, String found) {
    return CommandException.badInput(
        "tollbar: " + option + ": expected " + expected + "; found " + found + ".");
  }
}
