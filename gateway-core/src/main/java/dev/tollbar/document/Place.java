package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A value of a document, with where it stands. A value that is left out has a place too. */
record Place(Source source, String pointer, JsonNode node) {

  /** The same place, with another value in it. */
  Place with(JsonNode other) {
    return new Place(source, pointer, other);
  }

  Place child(String key) {
    JsonNode child = node.isObject() ? node.path(key) : MissingNode.getInstance();
    return new Place(source, pointer + "/" + key.replace("~", "~0").replace("/", "~1"), child);
  }

  boolean exists() {
    return !node.isMissingNode();
  }

  List<Place> items() {
    List<Place> items = new ArrayList<>();
    for (JsonNode item : node) {
      items.add(new Place(source, pointer + "/" + items.size(), item));
    }
    return items;
  }

  Map<String, Place> members() {
    Map<String, Place> members = new LinkedHashMap<>();
    node.fieldNames().forEachRemaining(name -> members.put(name, child(name)));
    return members;
  }

  /** A fault of the value. */
  Problem problem(String message) {
    return problem(source.spots().nearest(pointer), message);
  }

  /** A fault of the key that leads to the value. */
  Problem keyProblem(String message) {
    return problem(source.spots().nearest(pointer).key(), message);
  }

  Problem expected(String expected) {
    return problem("expected " + expected + "; found " + Wording.found(node));
  }

  /** What a config says of itself, at the key that it names. */
  List<Problem> invalid(InvalidConfigException e) {
    return e.problems().stream()
        .map(fault ->
            below(fault.key()).problem("expected " + fault.expected() + "; found " + fault.found()))
        .toList();
  }

  private Place below(String key) {
    return key.isEmpty() ? this : new Place(source, pointer + "/" + key, MissingNode.getInstance());
  }

  /** One problem for each member whose key is none of these. */
  List<Problem> unknownKeys(Collection<String> known) {
    List<Problem> problems = new ArrayList<>();
    members()
        .forEach((name, member) -> {
          if (!known.contains(name)) {
            problems.add(
                member.keyProblem(
                    "unknown key "
                        + Wording.quote(name)
                        + "; expected "
                        + (known.isEmpty() ? "none" : Wording.or(known))
                        + Wording.didYouMean(name, known)));
          }
        });
    return problems;
  }

  private Problem problem(Spot spot, String message) {
    return new Problem(source.file(), spot.line(), spot.column(), pointer, message);
  }
}
