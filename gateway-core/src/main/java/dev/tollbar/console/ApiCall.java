package dev.tollbar.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.http.AdminRequest;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A request to a part of the admin API, by somebody who may.
 *
 * @param path the variable parts of the path, decoded
 */
record ApiCall(AdminRequest request, Operator operator, Map<String, String> path) {
  static final int PAGE = 50;
  private static final int LARGEST_PAGE = 500;

  String path(String name) {
    return path.getOrDefault(name, "");
  }

  /** A parameter that may be given once. */
  Optional<String> parameter(String name) throws ApiProblem {
    List<String> values = request.query().getOrDefault(name, List.of());
    if (values.size() > 1) {
      throw ApiProblem.badRequest(
          name + ": expected it once; found it " + values.size() + " times.");
    }
    return values.stream().filter(value -> !value.isEmpty()).findFirst();
  }

  /** A parameter that is one of some words. */
  Optional<String> word(String name, List<String> words) throws ApiProblem {
    Optional<String> value = parameter(name);
    if (value.isPresent() && !words.contains(value.get())) {
      throw expected(name, String.join(", ", words), value.get());
    }
    return value;
  }

  Optional<Instant> time(String name) throws ApiProblem {
    Optional<String> value = parameter(name);
    try {
      return value.map(Instant::parse);
    } catch (DateTimeException _) {
      throw expected(name, "a time such as 2026-11-26T10:00:00Z", value.orElse(""));
    }
  }

  /** How many items a page has. */
  int limit() throws ApiProblem {
    return (int) number("limit", 1, LARGEST_PAGE).orElse((long) PAGE).longValue();
  }

  Optional<Long> number(String name, long least, long most) throws ApiProblem {
    Optional<String> value = parameter(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      long number = Long.parseLong(value.get());
      if (number >= least && number <= most) {
        return Optional.of(number);
      }
    } catch (NumberFormatException _) {
      // as one out of range
    }
    throw expected(name, "a whole number from %d to %d".formatted(least, most), value.get());
  }

  /**
   * The body, an object with no other members than these.
   *
   * @param members as messages list them
   */
  ObjectNode body(List<String> members) throws ApiProblem {
    String expected = "expected a JSON object with " + String.join(", ", members);
    Optional<JsonNode> json = Json.read(request.body());
    if (json.isEmpty() || !(json.get() instanceof ObjectNode object)) {
      throw ApiProblem.badRequest(
          "The body: " + expected + "; found " + (json.isEmpty() ? "no JSON." : "something else."));
    }
    List<String> unknown = new ArrayList<>();
    new TreeSet<>(object.properties().stream().map(Map.Entry::getKey).toList())
        .stream().filter(name -> !members.contains(name)).forEach(unknown::add);
    if (!unknown.isEmpty()) {
      throw ApiProblem.badRequest(
          "The body: " + expected + "; found " + shown(String.join(", ", unknown)) + ".");
    }
    return object;
  }

  /** When something that is made ends by itself: the member {@code expires} of its body. */
  static Optional<Instant> expires(ObjectNode body, Instant now) throws ApiProblem {
    if (!body.has("expires")) {
      return Optional.empty();
    }
    String text = body.path("expires").asText("");
    try {
      Instant end = Instant.parse(text);
      if (end.isAfter(now)) {
        return Optional.of(end);
      }
    } catch (DateTimeException _) {
      // as one that is over
    }
    throw expected("expires", "a time to come such as 2027-01-01T00:00:00Z", text);
  }

  static ApiProblem expected(String name, String expected, String found) {
    return ApiProblem.badRequest(
        name + ": expected " + expected + "; found \"" + shown(found) + "\".");
  }

  private static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return plain.length() <= 80 ? plain : plain.substring(0, 80) + "…";
  }
}
