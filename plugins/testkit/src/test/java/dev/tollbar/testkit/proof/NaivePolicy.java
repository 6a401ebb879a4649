package dev.tollbar.testkit.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sections 2 to 5 and 8, read aloud: what a document says to a call. */
final class NaivePolicy {
  private static final String NOT_SEEN =
      "The gateway has not seen this tool in the server's own list yet; list the tools first.";

  private final JsonNode policy;
  private final boolean first;
  private final String root;
  private final Situation situation;
  private final List<String> trace = new ArrayList<>();
  private final List<String> asking = new ArrayList<>();
  private final NaiveLimits limits;
  private final List<NaiveLimits.Limit> counted = new ArrayList<>();
  private final Set<String> denied = new HashSet<>();
  private Optional<String> denial = Optional.empty();

  /** A denial, as text: code, rule and what the agent is told. */
  record Verdict(String word, String code, String reason, boolean keepsReason) {
    static final Verdict PERMIT = new Verdict("permit", "", "", false);

    static Verdict deny(String reason) {
      return new Verdict("deny", "rule", reason, false);
    }

    static Verdict wrong(String reason) {
      return new Verdict("deny", "rule", reason, true);
    }
  }

  private NaivePolicy(JsonNode document, Situation situation, NaiveLimits limits) {
    this.limits = limits;
    this.first = document.path("version").asText().equals("1");
    this.policy = first ? document : document.path("policies").path("p");
    this.root = first ? "" : "/policies/p";
    this.situation = situation;
  }

  static Said decide(JsonNode document, Situation situation) {
    NaivePolicy naive = new NaivePolicy(document, situation, new NaiveLimits());
    naive.decide();
    return naive.said();
  }

  /** What is said to a call on its whole way, and what it has taken then. */
  record Made(Said said, List<NaiveLimits.Taken> taken) {}

  static Made make(JsonNode document, Situation situation, NaiveLimits limits) {
    NaivePolicy naive = new NaivePolicy(document, situation, limits);
    naive.decide();
    List<NaiveLimits.Taken> taken = naive.denial.isEmpty() ? naive.take() : List.of();
    return new Made(naive.said(), taken);
  }

  private Said said() {
    return new Said(denial.orElseGet(() -> asking.isEmpty() ? "permit" : "ask " + asking), trace);
  }

  private void decide() {
    boolean tools = situation.section().equals("tools");
    JsonNode part = tools ? policy : policy.path(situation.section());
    if (part.isMissingNode() || (first && !tools)) {
      return;
    }
    JsonNode entries = part.path(tools ? "tools" : "entries");
    boolean shadow = policy.path("mode").asText().equals("shadow");
    for (String own : ownDenials(part, entries, tools)) {
      if (!shadow) {
        denial = Optional.of("deny " + own);
        return;
      }
      String[] words = own.split(" \\| ", 3);
      trace.add(words[1] + " shadow deny " + words[2]);
    }
    if (tools) {
      rules(part.path("all_tools"), root + "/all_tools", shadow);
    }
    for (Map.Entry<String, JsonNode> entry : entries.properties()) {
      if (selects(entry.getKey())) {
        String key = entry.getKey().replace("~", "~0").replace("/", "~1");
        String below = tools ? "/tools/" : "/" + situation.section() + "/entries/";
        rules(entry.getValue(), root + below + key, shadow);
      }
    }
  }

  /** What denies without a rule: the first counts, all of them in shadow. */
  private List<String> ownDenials(JsonNode part, JsonNode entries, boolean tools) {
    String noun = situation.section().substring(0, situation.section().length() - 1);
    boolean listed = false;
    boolean needsList = false;
    for (Map.Entry<String, JsonNode> entry : entries.properties()) {
      listed |= selects(entry.getKey());
      needsList |= asksTheServer(entry.getKey());
    }
    boolean hidesUnlisted = false;
    boolean hidden = first && part.path("hide").asText().equals("*");
    for (JsonNode item : part.path("hide")) {
      hidden |= selects(item.textValue()) || (first && item.textValue().equals("*"));
      hidesUnlisted |= item.textValue().equals("@unlisted");
      needsList |= asksTheServer(item.textValue());
    }
    boolean unknown = !first && needsList && !situation.seen();
    boolean refused = !listed && part.path("default").asText().equals("deny");
    List<String> denials = new ArrayList<>();
    if (hidden || (!first && hidesUnlisted && refused && !unknown)) {
      denials.add("hidden | (hidden) | This " + noun + " is not available.");
    } else if (unknown) {
      denials.add("default_deny | (default deny) | " + NOT_SEEN);
    } else if (refused) {
      denials.add("default_deny | (default deny) | The policy does not permit this " + noun + ".");
    }
    if (tools && !first) {
      arguments().ifPresent(denials::add);
    }
    return denials;
  }

  private Optional<String> arguments() {
    JsonNode wish = policy.path("validate_arguments");
    boolean insists = wish.isBoolean() && wish.booleanValue();
    if (wish.isBoolean() && !insists) {
      return Optional.empty();
    }
    return switch (situation.check()) {
      case "differs" ->
          Optional.of(
              "rule | (input schema) | The arguments do not fit the tool's input schema: args.x is"
                  + " missing.");
      case "unseen" ->
          Optional.of("rule_error | (input schema) | " + NOT_SEEN).filter(_ -> insists);
      case "unusable" ->
          Optional.of("rule_error | (input schema) | The tool's input schema cannot be used.")
              .filter(_ -> insists);
      default -> Optional.empty();
    };
  }

  private boolean asksTheServer(String selector) {
    return selector.startsWith("@category:") || selector.startsWith("@annotation:");
  }

  private boolean selects(String selector) {
    String name = situation.name();
    if (first) {
      return selector.equals(name);
    }
    if (selector.startsWith("@category:")) {
      return situation.seen()
          && NaiveConditions.category(situation).equals(Optional.of(selector.substring(10)));
    }
    if (selector.startsWith("@annotation:")) {
      String[] pair = selector.substring(12).split("=", 2);
      return situation.seen()
          && NaiveConditions.annotation(situation, pair[0])
              .filter(said -> said.asText().equals(pair[1]))
              .isPresent();
    }
    return star(selector, name);
  }

  private static boolean star(String pattern, String text) {
    if (pattern.isEmpty()) {
      return text.isEmpty();
    }
    if (pattern.startsWith("*")) {
      return star(pattern.substring(1), text)
          || (!text.isEmpty() && star(pattern, text.substring(1)));
    }
    return text.startsWith(pattern.substring(0, 1))
        && star(pattern.substring(1), text.substring(1));
  }

  private void rules(JsonNode entry, String at, boolean shadow) {
    for (Map.Entry<String, JsonNode> kind : entry.properties()) {
      String pointer = at + "/" + kind.getKey();
      if (first && kind.getKey().equals("reason")) {
        continue; // what the action says
      }
      if (first && kind.getKey().equals("action")) {
        action(kind.getValue().asText(), entry.path("reason"), pointer);
      } else if (kind.getValue().isArray()) {
        for (int i = 0; i < kind.getValue().size(); i++) {
          rule(kind.getKey(), kind.getValue().get(i), pointer + "/" + i, shadow);
        }
      } else {
        rule(kind.getKey(), kind.getValue(), pointer, shadow);
      }
    }
  }

  private void action(String action, JsonNode reason, String pointer) {
    if (action.equals("deny")) {
      String said = reason.asText("This tool is not permitted.");
      say(pointer, MissingNode.getInstance(), false, Verdict.deny(said));
    } else if (action.equals("require_approval")) {
      say(pointer, MissingNode.getInstance(), false, new Verdict("ask", "", "", false));
    }
  }

  private void rule(String kind, JsonNode config, String pointer, boolean shadow) {
    boolean silent = shadow || config.path("mode").asText().equals("shadow");
    String name = config.path("id").asText(pointer);
    NaiveLimits.Limit limit = new NaiveLimits.Limit(kind, name, owner(pointer), silent, config);
    if (kind.equals("limits") || kind.equals("rate_limit")) {
      counted.add(limit);
    }
    say(name, config.path("on_deny"), silent, verdict(kind, config, limit));
  }

  /** Whose a counter without a name is; in version 1 one with a name, too, belongs to its tool. */
  private NaiveLimits.Owner owner(String pointer) {
    return new NaiveLimits.Owner(pointer, first ? pointer.replaceAll("/limits.*", "") : "");
  }

  /** Takes from every limit, or from none; what was taken before one that refuses is given back. */
  private List<NaiveLimits.Taken> take() {
    List<NaiveLimits.Taken> taken = new ArrayList<>();
    for (NaiveLimits.Limit limit : counted) {
      Verdict verdict = limits.judge(limit, situation);
      if (verdict.word().equals("permit")) {
        NaiveLimits.Taken one = limits.take(limit, situation);
        taken.add(one);
        trace.add(limit.name() + " leaves " + limits.left(limit, one));
      } else if (!limit.silent() || !denied.contains(limit.name())) {
        say(limit.name(), limit.config().path("on_deny"), limit.silent(), verdict);
      }
      if (denial.isPresent()) {
        limits.giveBack(taken);
        return List.of();
      }
    }
    return taken;
  }

  /** Once a rule has denied, no other runs. */
  private void say(String name, JsonNode onDeny, boolean silent, Verdict verdict) {
    if (denial.isPresent()) {
      return;
    }
    trace.add(
        (name + (silent ? " shadow " : " ") + verdict.word() + " " + verdict.reason()).strip());
    if (verdict.word().equals("deny")) {
      denied.add(name);
    }
    if (silent) {
      return;
    }
    if (verdict.word().equals("ask")) {
      asking.add(name);
    } else if (verdict.word().equals("deny")) {
      String text =
          verdict.keepsReason() || !onDeny.isTextual() ? verdict.reason() : onDeny.textValue();
      denial = Optional.of("deny " + verdict.code() + " | " + name + " | " + text);
    }
  }

  private Verdict verdict(String kind, JsonNode config, NaiveLimits.Limit limit) {
    NaiveConditions conditions = new NaiveConditions(situation);
    return switch (kind) {
      case "deny" -> Verdict.deny(config.path("reason").asText("This tool is not permitted."));
      case "deny_if" ->
          switch (conditions.all(config.path("conditions"), false)) {
            case NaiveConditions.YES -> Verdict.deny("This call is not permitted.");
            case NaiveConditions.NO -> Verdict.PERMIT;
            case String wrong -> Verdict.wrong(wrong);
          };
      case "require" ->
          switch (conditions.all(config.path("conditions"), true)) {
            case NaiveConditions.YES -> Verdict.PERMIT;
            case NaiveConditions.NO -> Verdict.deny("A requirement of this call is not met.");
            case String wrong -> Verdict.wrong(wrong);
          };
      case "approval" ->
          switch (conditions.all(config.path("when"), false)) {
            case NaiveConditions.YES ->
                new Verdict("ask", "", config.path("reason").asText(""), false);
            case NaiveConditions.NO -> Verdict.PERMIT;
            case String wrong -> Verdict.wrong(wrong);
          };
      case "script" -> NaiveScripts.say(config.path("source").textValue(), situation);
      case "limits", "rate_limit" -> limits.judge(limit, situation);
      default -> throw new IllegalArgumentException(kind);
    };
  }
}
