package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What lies on the table while one document is read: for one thread. */
final class Desk {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final String NAME_RULE = " of letters, digits, \".\", \"_\" and \"-\"";

  private final ReadContext context;
  private final Folder folder;
  private final Secrets secrets;
  private final ConfigBinder binder;
  private final List<Problem> problems = new ArrayList<>();
  private final List<ConfiguredRule> made = new ArrayList<>();
  private final Set<String> webhooks = new LinkedHashSet<>();

  Desk(ReadContext context, Folder folder, Secrets secrets) {
    this.context = context;
    this.folder = folder;
    this.secrets = secrets;
    this.binder = new ConfigBinder(secrets);
  }

  ReadContext context() {
    return context;
  }

  Folder folder() {
    return folder;
  }

  Secrets secrets() {
    return secrets;
  }

  ConfigBinder binder() {
    return binder;
  }

  /** All faults so far. */
  List<Problem> problems() {
    return problems;
  }

  /** All rules made so far: to be closed if the document is refused. */
  List<ConfiguredRule> made() {
    return made;
  }

  /** The names of the document's webhooks. */
  Set<String> webhooks() {
    return webhooks;
  }

  /** A choice that may be left out; a wrong one is a problem. */
  Optional<String> choice(Place place, List<String> choices) {
    if (!place.exists()) {
      return Optional.empty();
    }
    JsonNode node = place.node();
    if (node.isTextual() && choices.contains(node.textValue())) {
      return Optional.of(node.textValue());
    }
    String hint = node.isTextual() ? Wording.didYouMean(node.textValue(), choices) : "";
    problems.add(
        place.problem(
            "expected " + Wording.quotedOr(choices) + "; found " + Wording.found(node) + hint));
    return Optional.empty();
  }

  /** True or false, which may be left out; anything else is a problem. */
  Optional<Boolean> flag(Place place) {
    if (place.exists() && !place.node().isBoolean()) {
      problems.add(place.expected("true or false"));
    }
    return place.node().isBoolean() ? Optional.of(place.node().booleanValue()) : Optional.empty();
  }

  /** A choice that must be there. */
  Optional<String> required(Place place, List<String> choices) {
    if (!place.exists()) {
      problems.add(place.expected(Wording.quotedOr(choices)));
    }
    return choice(place, choices);
  }

  /** The members of an object that may be left out. */
  Collection<Map.Entry<String, Place>> members(Place place) {
    if (place.exists() && !place.node().isObject()) {
      problems.add(place.expected("an object"));
    }
    return place.node().isObject() ? place.members().entrySet() : List.of();
  }

  /** Whether a value can be a name; if not, that is a problem. */
  boolean isName(Place place, String what) {
    boolean fits = place.node().isTextual() && NAME.matcher(place.node().textValue()).matches();
    if (!fits) {
      problems.add(place.expected(what + NAME_RULE));
    }
    return fits;
  }

  /** Whether the key of a value can be a name; if not, that is a problem. */
  boolean isName(Place place, String what, String key) {
    boolean fits = NAME.matcher(key).matches();
    if (!fits) {
      problems.add(
          place.keyProblem("expected " + what + NAME_RULE + "; found " + Wording.quote(key)));
    }
    return fits;
  }

  /** The message about a name that nothing in the document has. */
  static String unknownName(String what, String name, Collection<String> known) {
    return "expected the name of a "
        + what
        + "; found "
        + Wording.quote(name)
        + (known.isEmpty() ? ", but the document has none" : ", but there is only " + names(known))
        + Wording.didYouMean(name, known);
  }

  static String names(Collection<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }
}
