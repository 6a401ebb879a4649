package dev.tollbar.document;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.policy.ArgumentValidation;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Dialect;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Policy.ServerRequest;
import dev.tollbar.policy.RecordedValues;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the policies of version 2 (policy language, section 3). */
final class PolicyReader {
  static final List<String> DEFAULTS = List.of("allow", "deny");
  static final List<String> MODES = List.of("enforce", "shadow");
  static final List<String> KEYS =
      List.of(
          "default",
          "mode",
          "hide",
          "all_tools",
          "tools",
          "prompts",
          "resources",
          "server_requests",
          "record_values",
          "validate_arguments");
  static final List<String> SECTION_KEYS = List.of("default", "hide", "entries");

  private final Desk desk;

  PolicyReader(Desk desk) {
    this.desk = desk;
  }

  /**
   * Reads one policy that stands in the document.
   *
   * @param shadow whether it is in shadow mode whatever it says itself
   */
  Policy read(String name, Place place, boolean shadow) {
    if (!place.node().isObject()) {
      desk.problems().add(place.expected("an object"));
      return Policy.none();
    }
    desk.problems().addAll(place.unknownKeys(KEYS));
    boolean silent =
        desk.choice(place.child("mode"), MODES).filter("shadow"::equals).isPresent() || shadow;
    RuleBuilder rules = new RuleBuilder(desk, name, Dialect.VERSION_2, silent);
    Map<Section, SectionRules> sections = new EnumMap<>(Section.class);
    sections.put(
        Section.TOOLS,
        section(
            Section.TOOLS,
            place,
            rulesOf(place.child("all_tools"), rules),
            place.child("tools"),
            rules));
    part(Section.PROMPTS, place.child("prompts"), rules)
        .ifPresent(part -> sections.put(Section.PROMPTS, part));
    part(Section.RESOURCES, place.child("resources"), rules)
        .ifPresent(part -> sections.put(Section.RESOURCES, part));
    return new Policy(name, silent, sections, refused(place.child("server_requests")))
        .recording(recorded(place.child("record_values")))
        .validating(validation(place.child("validate_arguments")));
  }

  private ArgumentValidation validation(Place place) {
    return desk.flag(place)
        .map(wanted -> wanted ? ArgumentValidation.ALWAYS : ArgumentValidation.NEVER)
        .orElse(ArgumentValidation.WHERE_KNOWN);
  }

  private RecordedValues recorded(Place place) {
    List<RecordedValues.Entry> entries = new ArrayList<>();
    for (var member : desk.members(place)) {
      Place paths = member.getValue();
      Optional<RecordedValues.Entry> entry =
          selector(member.getKey(), paths, Section.TOOLS).map(RecordedValues.Entry::new);
      if (!paths.node().isArray()) {
        desk.problems().add(paths.expected("a list of paths"));
        continue;
      }
      for (Place path : paths.items()) {
        if (!path.node().isTextual()) {
          desk.problems().add(path.expected("a path such as \"args.amount\""));
          continue;
        }
        try {
          entry.ifPresent(known -> known.add(path.node().textValue()));
        } catch (InvalidConfigException e) {
          desk.problems().addAll(path.invalid(e));
        }
      }
      entry.ifPresent(entries::add);
    }
    return new RecordedValues(entries);
  }

  private Optional<SectionRules> part(Section section, Place place, RuleBuilder rules) {
    if (!place.exists()) {
      return Optional.empty();
    }
    if (!place.node().isObject()) {
      desk.problems().add(place.expected("an object"));
      return Optional.empty();
    }
    desk.problems().addAll(place.unknownKeys(SECTION_KEYS));
    return Optional.of(section(section, place, List.of(), place.child("entries"), rules));
  }

  private SectionRules section(
      Section section, Place place, List<ConfiguredRule> all, Place listed, RuleBuilder rules) {
    boolean deny =
        desk.required(place.child("default"), DEFAULTS).filter("allow"::equals).isEmpty();
    List<Selector> hide = hide(section, place.child("hide"));
    List<SectionRules.Entry> entries = new ArrayList<>();
    for (var member : desk.members(listed)) {
      Place entry = member.getValue();
      Optional<Selector> selector = selector(member.getKey(), entry, section);
      List<ConfiguredRule> made = rulesOf(entry, rules);
      selector.ifPresent(known -> entries.add(new SectionRules.Entry(known, made)));
    }
    return new SectionRules(deny, hide, all, entries);
  }

  private Optional<Selector> selector(String text, Place entry, Section section) {
    try {
      return Optional.of(Selector.of(text, section, false));
    } catch (InvalidConfigException e) {
      e.problems()
          .forEach(problem ->
              desk.problems()
                  .add(
                      entry.keyProblem(
                          "expected " + problem.expected() + "; found " + problem.found())));
      return Optional.empty();
    }
  }

  private List<Selector> hide(Section section, Place place) {
    List<Selector> hide = new ArrayList<>();
    if (place.exists() && !place.node().isArray()) {
      desk.problems().add(place.expected("a list"));
    }
    for (Place item : place.node().isArray() ? place.items() : List.<Place>of()) {
      if (!item.node().isTextual()) {
        desk.problems().add(item.expected("a string"));
        continue;
      }
      try {
        hide.add(Selector.of(item.node().textValue(), section, true));
      } catch (InvalidConfigException e) {
        desk.problems().addAll(item.invalid(e));
      }
    }
    return hide;
  }

  /** The rules of an entry: every key is a rule kind. */
  private List<ConfiguredRule> rulesOf(Place entry, RuleBuilder rules) {
    List<ConfiguredRule> made = new ArrayList<>();
    for (var member : desk.members(entry)) {
      made.addAll(rules.entry(member.getKey(), member.getValue()));
    }
    return made;
  }

  private List<ServerRequest> refused(Place place) {
    List<String> known =
        List.of(ServerRequest.values()).stream()
            .map(request -> request.name().toLowerCase(Locale.ROOT))
            .toList();
    List<ServerRequest> refused = new ArrayList<>();
    for (var member : desk.members(place)) {
      if (known.contains(member.getKey())) {
        desk.choice(member.getValue(), DEFAULTS)
            .filter("deny"::equals)
            .ifPresent(
                _ -> refused.add(ServerRequest.valueOf(member.getKey().toUpperCase(Locale.ROOT))));
      }
    }
    desk.problems().addAll(place.unknownKeys(known));
    return refused;
  }

  /** What is wrong with the version of a file, if anything is. */
  static Optional<Problem> version(Place root) {
    if (!root.node().isObject()) {
      return Optional.of(root.expected("an object"));
    }
    Place version = root.child("version");
    String text = version.node().isTextual() ? version.node().textValue() : "";
    if (text.equals("1") || text.equals("2")) {
      return Optional.empty();
    }
    return Optional.of(
        version.problem(
            "expected the version as a string, \"1\" or \"2\"; found "
                + Wording.found(version.node())));
  }
}
