package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleKind;
import dev.tollbar.document.Kinds.LoadedKind;
import dev.tollbar.plugins.ConfigMaker;
import dev.tollbar.plugins.LatePluginException;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Dialect;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes the rules of one policy from their entries in the document. */
final class RuleBuilder {
  private static final Logger LOG = LoggerFactory.getLogger(RuleBuilder.class);
  private static final List<String> COMMON = List.of("id", "on_deny", "mode");
  private static final List<String> MODES = List.of("enforce", "shadow");

  private final Desk desk;
  private final String policy;
  private final Dialect dialect;
  private final boolean shadow;
  private final Set<String> ids = new HashSet<>();
  private final Owners owners = new Owners();

  /**
   * A builder for one policy.
   *
   * @param shadow whether the whole policy is in shadow mode
   */
  RuleBuilder(Desk desk, String policy, Dialect dialect, boolean shadow) {
    this.desk = desk;
    this.policy = policy;
    this.dialect = dialect;
    this.shadow = shadow;
  }

  /** The common keys of an entry, and the rest of it. */
  private record Common(
      Optional<String> id, Optional<String> onDeny, boolean shadow, Place config) {}

  /** The rules that stand under the key of a rule kind: one config, or a list of them. */
  List<ConfiguredRule> entry(String name, Place place) {
    Optional<LoadedKind<RuleKind<?>>> kind = desk.context().kinds().rule(name);
    if (kind.isEmpty()) {
      desk.problems().add(unknown(name, place));
      return List.of();
    }
    return entry(kind.get(), place);
  }

  /** The rules of a kind, from one config or a list of them. */
  List<ConfiguredRule> entry(LoadedKind<RuleKind<?>> kind, Place place) {
    List<Place> configs = place.node().isArray() ? place.items() : List.of(place);
    List<ConfiguredRule> rules = new ArrayList<>();
    for (Place config : configs) {
      if (config.node().isObject()) {
        rule(kind, config).ifPresent(rules::add);
      } else {
        desk.problems()
            .add(config.expected(place.node().isArray() ? "an object" : "an object or a list"));
      }
    }
    return rules;
  }

  private Problem unknown(String name, Place place) {
    List<LoadedKind<RuleKind<?>>> loaded = desk.context().kinds().rules();
    return place.keyProblem(
        "unknown rule kind "
            + Wording.quote(name)
            + "; loaded: "
            + Desk.names(
                loaded.stream().map(kind -> kind.kind().name() + " (" + kind.jar() + ")").toList())
            + Wording.didYouMean(name, loaded.stream().map(kind -> kind.kind().name()).toList()));
  }

  private Optional<ConfiguredRule> rule(LoadedKind<RuleKind<?>> kind, Place place) {
    Common common = common(place);
    int before = desk.folder().reads();
    return make(kind.kind(), kind.plugin(), common)
        .map(rule -> {
          ConfiguredRule made =
              new ConfiguredRule(
                  place.pointer(),
                  common.id(),
                  kind.kind().name(),
                  kind.plugin(),
                  common.onDeny(),
                  common.shadow(),
                  common.config().node(),
                  digests(desk.folder().contentsSince(before)),
                  rule);
          desk.made().add(made);
          return made;
        });
  }

  private static Map<String, String> digests(Map<String, String> files) {
    Map<String, String> digests = new HashMap<>();
    files.forEach((path, text) -> digests.put(path, Canonical.sha256(text)));
    return digests;
  }

  private Common common(Place place) {
    ObjectNode rest = ((ObjectNode) place.node()).deepCopy();
    if (dialect == Dialect.VERSION_1) {
      Optional<String> onDeny =
          rest.has("conditions") ? text(place.child("on_deny")) : Optional.empty();
      if (rest.has("conditions")) {
        rest.remove("on_deny");
      }
      return new Common(Optional.empty(), onDeny, shadow, place.with(rest));
    }
    rest.remove(COMMON);
    return new Common(
        id(place.child("id")),
        text(place.child("on_deny")),
        desk.choice(place.child("mode"), MODES).filter("shadow"::equals).isPresent() || shadow,
        place.with(rest));
  }

  private Optional<String> text(Place place) {
    if (place.exists() && !place.node().isTextual()) {
      desk.problems().add(place.expected("a string"));
    }
    return Optional.ofNullable(place.node().textValue());
  }

  private Optional<String> id(Place place) {
    if (!place.exists() || !desk.isName(place, "an id")) {
      return Optional.empty();
    }
    String id = place.node().textValue();
    if (!ids.add(id)) {
      desk.problems()
          .add(place.problem("id " + Wording.quote(id) + " is used twice in the policy"));
    }
    return Optional.of(id);
  }

  private <C extends Record> Optional<Rule> make(RuleKind<C> kind, String plugin, Common common) {
    Place place = common.config();
    try {
      Optional<C> config =
          desk.binder()
              .making(ConfigMaker.of(kind))
              .bind(kind.configType(), place, desk.problems());
      if (config.isEmpty() || !webhookKnown(kind, place)) {
        return Optional.empty();
      }
      RuleScope scope =
          new RuleScope(
              desk,
              policy,
              place.pointer(),
              owner(kind, common),
              dialect,
              common.shadow(),
              kind.name());
      return Optional.of(kind.create(config.get(), scope));
    } catch (InvalidConfigException e) {
      desk.problems().addAll(place.invalid(e));
    } catch (LatePluginException e) {
      desk.problems().add(place.problem("the plugin " + plugin + " " + e.getMessage()));
    } catch (RuntimeException | LinkageError | StackOverflowError e) {
      LOG.error("plugin {} failed on {}", plugin, place.pointer(), e);
      desk.problems().add(place.problem("the plugin " + plugin + " failed on this entry"));
    }
    return Optional.empty();
  }

  private String owner(RuleKind<?> kind, Common common) {
    Place place = common.config();
    List<String> tuned =
        Shape.keys(kind.configType()).stream()
            .filter(Shape.Key::tunable)
            .map(Shape.Key::name)
            .toList();
    return owners.of(kind.name(), place.pointer(), common.id(), filled(kind, place), tuned);
  }

  /** A default that is written out changes nothing. */
  private static ObjectNode filled(RuleKind<?> kind, Place place) {
    ObjectNode filled = ((ObjectNode) place.node()).deepCopy();
    for (Shape.Key key : Shape.keys(kind.configType())) {
      if (!filled.has(key.name())) {
        key.fallback().ifPresent(value -> filled.set(key.name(), value));
      }
    }
    return filled;
  }

  /** A rule that asks by webhook names one of the document. */
  private boolean webhookKnown(RuleKind<?> kind, Place place) {
    if (Shape.keys(kind.configType()).stream().noneMatch(key -> key.name().equals("webhook"))) {
      return true;
    }
    // Where it is left out, a default may name one: only what stands there can be checked.
    Place named = place.child("webhook");
    JsonNode name = named.node();
    if (!name.isTextual() || desk.webhooks().contains(name.textValue())) {
      return true;
    }
    desk.problems()
        .add(named.problem(Desk.unknownName("webhook", name.textValue(), desk.webhooks())));
    return false;
  }
}
