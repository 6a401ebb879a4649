package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Secret;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Resolves the secrets of a document. No message of it holds one. */
final class Secrets {
  private final Map<String, String> environment;
  private final Optional<Folder> folder;
  private final List<String> resolved = new ArrayList<>();

  Secrets(Map<String, String> environment, Folder folder) {
    this(environment, Optional.of(folder));
  }

  private Secrets(Map<String, String> environment, Optional<Folder> folder) {
    this.environment = environment;
    this.folder = folder;
  }

  /** Secrets that nobody looks up: each is some text. */
  static Secrets unknown() {
    return new Secrets(Map.of(), Optional.empty());
  }

  /** All secrets resolved so far, in order: for digests. */
  List<String> resolved() {
    return resolved;
  }

  Optional<Secret> resolve(Place place, List<Problem> problems) {
    Optional<String> text = text(place, problems);
    if (text.isPresent() && text.get().isEmpty()) {
      problems.add(place.problem("expected a secret; found an empty one"));
      return Optional.empty();
    }
    text.ifPresent(resolved::add);
    return text.map(Secret::new);
  }

  private Optional<String> text(Place place, List<Problem> problems) {
    JsonNode node = place.node();
    if (node.isTextual()) {
      return Optional.of(node.textValue());
    }
    String only = node.isObject() && node.size() == 1 ? node.fieldNames().next() : "";
    Place named = place.child(only);
    if (!(only.equals("env") || only.equals("file")) || !named.node().isTextual()) {
      problems.add(
          place.problem(
              "expected "
                  + new Shape.Hidden().expected()
                  + "; found "
                  + (node.isMissingNode() ? "nothing" : Wording.type(node))));
      return Optional.empty();
    }
    String name = named.node().textValue();
    if (folder.isEmpty()) {
      return Optional.of("(not looked up)");
    }
    return only.equals("env")
        ? variable(named, name, problems)
        : file(folder.get(), named, name, problems);
  }

  private Optional<String> variable(Place place, String name, List<Problem> problems) {
    Optional<String> value = Optional.ofNullable(environment.get(name));
    if (value.isEmpty()) {
      problems.add(
          place.problem(
              "expected an environment variable that is set; found "
                  + Wording.quote(name)
                  + ", which is not"));
    }
    return value;
  }

  private static Optional<String> file(
      Folder folder, Place place, String path, List<Problem> problems) {
    try {
      return Optional.of(folder.secret("", path).stripTrailing());
    } catch (InvalidConfigException e) {
      problems.addAll(place.invalid(e));
      return Optional.empty();
    }
  }
}
