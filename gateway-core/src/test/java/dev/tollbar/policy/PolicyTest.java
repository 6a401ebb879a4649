package dev.tollbar.policy;

import static dev.tollbar.policy.TestCall.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.MissingNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Question;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Tool;
import dev.tollbar.api.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Policy language, sections 3 and 4. */
class PolicyTest {
  private static final Verdict PERMIT = Verdict.permit();
  private static final Question QUESTION =
      new Question("", Optional.empty(), Duration.ofMinutes(15), Duration.ofSeconds(30), 1);

  private final List<String> ran = new ArrayList<>();

  private static ConfiguredRule rule(String name, Verdict verdict) {
    return rule(name, verdict, false, Optional.empty());
  }

  private static ConfiguredRule rule(
      String name, Verdict verdict, boolean shadow, Optional<String> onDeny) {
    Rule rule = _ -> verdict;
    return new ConfiguredRule(
        "/" + name, Optional.empty(), "k", "p@1", onDeny, shadow, MissingNode.getInstance(), rule);
  }

  private static SectionRules.Entry entry(String selector, ConfiguredRule... rules) {
    return new SectionRules.Entry(
        Selector.of(selector, Section.TOOLS, false), Arrays.asList(rules));
  }

  private static List<Selector> hide(String... selectors) {
    return Arrays.stream(selectors).map(text -> Selector.of(text, Section.TOOLS, true)).toList();
  }

  private static Policy policy(SectionRules rules) {
    return new Policy("p", false, Map.of(Section.TOOLS, rules), List.of());
  }

  private static Policy denying(SectionRules.Entry... entries) {
    return policy(new SectionRules(true, List.of(), List.of(), Arrays.asList(entries)));
  }

  private String decide(Policy policy, Tool tool) {
    return decide(policy, Section.TOOLS, tool);
  }

  private String resource(Policy policy, String uri) {
    return decide(policy, Section.RESOURCES, Tool.named(uri));
  }

  private String decide(Policy policy, Section section, Tool tool) {
    Decision decision =
        policy.decide(
            TestCall.of(tool),
            section,
            ArgumentCheck.NOT_SEEN,
            (rule, call) -> {
              ran.add(rule.pointer());
              try {
                return rule.rule().evaluate(call);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    return switch (decision) {
      case Decision.Permitted(var rules, var asked, _) ->
          "permitted " + rules.size() + " asked " + asked.size();
      case Decision.Denied(Denial denial, _) ->
          denial.code().wire() + " " + denial.rule() + " " + denial.reason();
    };
  }

  private String decide(Policy policy, String tool) {
    return decide(policy, Tool.named(tool));
  }

  private static Tool seen(String name, String category) {
    return new Tool(name, Optional.of(category), Map.of(), true);
  }

  @Test
  void deniesWithoutAPolicy() {
    assertThat(decide(Policy.none(), "t"))
        .isEqualTo("no_policy (no policy) No policy permits calls to this server.");
    assertThat(Policy.none().visible(Section.TOOLS, Tool.named("t"))).isFalse();
    assertThat(Policy.none().permits(Policy.ServerRequest.SAMPLING)).isFalse();
  }

  @Test
  void refusesWhatServersMayNotAskButInShadow() {
    for (boolean shadow : List.of(true, false)) {
      Policy policy = new Policy("p", shadow, Map.of(), List.of(Policy.ServerRequest.SAMPLING));

      assertThat(policy.permits(Policy.ServerRequest.SAMPLING)).isEqualTo(shadow);
      assertThat(policy.refuses(Policy.ServerRequest.SAMPLING)).isTrue();
      assertThat(policy.permits(Policy.ServerRequest.ROOTS)).isTrue();
    }
  }

  @Test
  void aWayRoundANamedResourceIsDeniedAsMuchAsOneRoundAPattern() {
    for (String hidden : List.of("kb://drafts/1", "kb://drafts/*")) {
      SectionRules rules = new SectionRules(false, hide(hidden), List.of(), List.of());
      Policy policy = new Policy("p", false, Map.of(Section.RESOURCES, rules), List.of());

      assertThat(resource(policy, "kb://articles/../drafts/1"))
          .startsWith("rule (resource uri) This URI may name another resource than it says");
      assertThat(resource(policy, "kb://articles/1")).isEqualTo("permitted 0 asked 0");
    }
  }

  @Test
  void deniesWhatIsNotListed() {
    assertThat(decide(denying(entry("t")), "u"))
        .isEqualTo("default_deny (default deny) The policy does not permit this tool.");
    assertThat(decide(denying(entry("t")), "t")).isEqualTo("permitted 0 asked 0");
  }

  @Test
  void hiddenIsDeniedBeforeAllElse() {
    Policy policy =
        policy(new SectionRules(false, hide("x", "y_*"), List.of(), List.of(entry("x"))));
    assertThat(decide(policy, "x")).isEqualTo("hidden (hidden) This tool is not available.");
    assertThat(decide(policy, "y_1")).isEqualTo("hidden (hidden) This tool is not available.");
    assertThat(decide(policy, "z")).isEqualTo("permitted 0 asked 0");
    assertThat(policy.visible(Section.TOOLS, Tool.named("x"))).isFalse();
    assertThat(policy.visible(Section.TOOLS, Tool.named("z"))).isTrue();
  }

  @Test
  void hidesTheUnlistedOnlyWhereAsked() {
    List<SectionRules.Entry> entries = List.of(entry("read_*"));
    Policy plain = policy(new SectionRules(true, List.of(), List.of(), entries));
    Policy hiding = policy(new SectionRules(true, hide("@unlisted"), List.of(), entries));
    assertThat(plain.visible(Section.TOOLS, Tool.named("write"))).isTrue();
    assertThat(hiding.visible(Section.TOOLS, Tool.named("write"))).isFalse();
    assertThat(hiding.visible(Section.TOOLS, Tool.named("read_x"))).isTrue();
    assertThat(decide(hiding, "write")).isEqualTo("hidden (hidden) This tool is not available.");
  }

  @Test
  void evaluatesAllToolsFirstThenMatchingEntriesInDocumentOrder() {
    Policy policy =
        policy(
            new SectionRules(
                true,
                List.of(),
                List.of(rule("all", PERMIT)),
                List.of(
                    entry("create_*", rule("glob", PERMIT), rule("glob2", PERMIT)),
                    entry("other", rule("other", PERMIT)),
                    entry("create_x", rule("exact", PERMIT)))));
    assertThat(decide(policy, "create_x")).isEqualTo("permitted 4 asked 0");
    assertThat(ran).containsExactly("/all", "/glob", "/glob2", "/exact");
  }

  @Test
  void theFirstDenialWinsAndTheRestDoesNotRun() {
    Policy policy =
        denying(
            entry(
                "t",
                rule("ask", Verdict.ask(QUESTION)),
                rule("no", Verdict.deny("No.")),
                rule("never", Verdict.deny("Never."))));
    assertThat(decide(policy, "t")).isEqualTo("rule /no No.");
    assertThat(ran).containsExactly("/ask", "/no");
  }

  @Test
  void collectsQuestions() {
    Policy policy =
        denying(entry("t", rule("a", Verdict.ask(QUESTION)), rule("b", Verdict.ask(QUESTION))));
    assertThat(decide(policy, "t")).isEqualTo("permitted 2 asked 2");
  }

  @Test
  void shadowRulesRunAndChangeNothing() {
    Policy policy =
        denying(
            entry(
                "t",
                rule("s", Verdict.deny("No."), true, Optional.empty()),
                rule("q", Verdict.ask(QUESTION), true, Optional.empty()),
                rule("p", PERMIT)));
    assertThat(decide(policy, "t")).isEqualTo("permitted 3 asked 0");
    assertThat(ran).containsExactly("/s", "/q", "/p");
  }

  @Test
  void aPolicyInShadowModeDeniesNothingAndRecordsWhatItWouldHave() {
    Policy policy =
        new Policy(
            "p",
            true,
            Map.of(Section.TOOLS, new SectionRules(true, hide("x"), List.of(), List.of())),
            List.of());
    Decision decision =
        policy.decide(
            TestCall.of("u", "{}"), Section.TOOLS, ArgumentCheck.NOT_SEEN, (_, _) -> PERMIT);
    assertThat(decision).isInstanceOf(Decision.Permitted.class);
    assertThat(decision.trace())
        .singleElement()
        .satisfies(line -> {
          assertThat(line.rule().name()).isEqualTo("(default deny)");
          assertThat(line.rule().shadow()).isTrue();
          assertThat(line.verdict())
              .isEqualTo(Verdict.deny("The policy does not permit this tool."));
        });
    assertThat(policy.visible(Section.TOOLS, Tool.named("x"))).isTrue();
  }

  @Test
  void theDocumentsTextReplacesTheReasonUnlessItMustBeKept() {
    Verdict.Deny deny = Verdict.deny("Own words.");
    Optional<String> text = Optional.of("Document's words.");
    assertThat(decide(denying(entry("t", rule("a", deny, false, text))), "t"))
        .isEqualTo("rule /a Document's words.");
    assertThat(decide(denying(entry("t", rule("a", deny.keepingReason(), false, text))), "t"))
        .isEqualTo("rule /a Own words.");
  }

  @Test
  void everyCodeOfAVerdictHasItsOwn() {
    for (Verdict.Code code : Verdict.Code.values()) {
      Verdict deny =
          new Verdict.Deny(code, "r", false, Optional.of(Duration.ofSeconds(1)), Optional.of("0"));
      assertThat(decide(denying(entry("t", rule("a", deny))), "t"))
          .isEqualTo(DenialCode.valueOf(code.name()).wire() + " /a r");
    }
  }

  @Test
  void selectsByCategoryAndAnnotation() {
    Policy policy =
        denying(
            entry("@category:destructive", rule("c", Verdict.deny("No."))),
            entry("@annotation:readOnlyHint=true"));
    Tool reader = new Tool("r", Optional.of("read"), Map.of("readOnlyHint", json("true")), true);
    assertThat(decide(policy, seen("d", "destructive"))).isEqualTo("rule /c No.");
    assertThat(decide(policy, reader)).isEqualTo("permitted 0 asked 0");
    assertThat(decide(policy, seen("w", "write")))
        .isEqualTo("default_deny (default deny) The policy does not permit this tool.");
  }

  @Test
  void aHintThatIsLeftOutHasTheProtocolsDefault() {
    Policy policy = denying(entry("@annotation:readOnlyHint=false"));
    assertThat(decide(policy, seen("t", "write"))).isEqualTo("permitted 0 asked 0");
  }

  @Test
  void whatOnlyReadsIsNotDestructiveByDefault() {
    Policy policy =
        denying(
            entry("@annotation:destructiveHint=true", rule("c", Verdict.deny("No."))), entry("r"));
    Tool reader = new Tool("r", Optional.of("read"), Map.of("readOnlyHint", json("true")), true);
    assertThat(decide(policy, reader)).isEqualTo("permitted 0 asked 0");
    assertThat(decide(policy, seen("r", "write"))).isEqualTo("rule /c No.");
  }

  @Test
  void deniesAToolThatWasNotSeenWhereSelectorsNeedIt() {
    SectionRules rules =
        new SectionRules(
            false, List.of(), List.of(), List.of(entry("t"), entry("@category:destructive")));
    assertThat(decide(policy(rules), "t"))
        .isEqualTo(
            "default_deny (default deny) The gateway has not seen this tool in the server's own"
                + " list yet; list the tools first.");
    assertThat(decide(policy(rules), seen("t", "read"))).isEqualTo("permitted 0 asked 0");
  }

  @Test
  void aToolThatChangesIsJudgedAnew() {
    Policy policy = denying(entry("@category:read"));
    assertThat(decide(policy, seen("t", "read"))).isEqualTo("permitted 0 asked 0");
    assertThat(decide(policy, seen("t", "destructive")))
        .isEqualTo("default_deny (default deny) The policy does not permit this tool.");
  }

  @Test
  void leavesSectionsAloneThatThePolicyDoesNotMention() {
    Decision decision =
        denying()
            .decide(
                TestCall.of("p", "{}"), Section.PROMPTS, ArgumentCheck.NOT_SEEN, (_, _) -> PERMIT);
    assertThat(decision).isEqualTo(new Decision.Permitted(List.of(), List.of(), List.of()));
    assertThat(denying().visible(Section.RESOURCES, Tool.named("file:///a"))).isTrue();
  }

  @Test
  void rightForManyMoreToolsThanAreRemembered() {
    Policy policy = denying(entry("a_*"));
    for (int i = 0; i < 10_000; i++) {
      assertThat(decide(policy, "a_" + i)).isEqualTo("permitted 0 asked 0");
      assertThat(decide(policy, "b_" + i)).startsWith("default_deny");
    }
  }

  /** A rule with a limit of which so much is left. */
  private static ConfiguredRule limit(String name, int left, boolean shadow) {
    Rule rule =
        new Rule() {
          @Override
          public Verdict evaluate(Call call) {
            return PERMIT;
          }

          @Override
          public List<LimitUsage> usage(Call call) throws InterruptedException {
            assertThat(call.limits()).as("a rule cannot ask in a circle").isEmpty();
            return List.of(
                new LimitUsage(
                    "5 per day",
                    BigDecimal.valueOf(5),
                    BigDecimal.valueOf(left),
                    Optional.empty()));
          }
        };
    return new ConfiguredRule(
        "/" + name,
        Optional.of(name),
        "k",
        "p@1",
        Optional.empty(),
        shadow,
        MissingNode.getInstance(),
        rule);
  }

  @Test
  void rulesSeeWhatIsLeftOfEveryLimitOfTheirCallButOfShadowAndOthers() {
    List<String> seen = new ArrayList<>();
    Rule curious =
        call -> {
          call.limits().forEach(limit -> seen.add(limit.rule() + " " + limit.usage().remaining()));
          return PERMIT;
        };
    ConfiguredRule rule =
        new ConfiguredRule(
            "/curious",
            Optional.empty(),
            "k",
            "p@1",
            Optional.empty(),
            false,
            MissingNode.getInstance(),
            curious);
    Policy policy =
        policy(
            new SectionRules(
                true,
                List.of(),
                List.of(limit("all", 1, false)),
                List.of(
                    entry("pay", rule, limit("after", 2, false), limit("shadow", 3, true)),
                    entry("other", limit("other", 4, false)),
                    entry("p*", limit("pattern", 5, false)))));

    policy.decide(
        TestCall.of(Tool.named("pay")),
        Section.TOOLS,
        ArgumentCheck.NOT_SEEN,
        (asked, call) -> {
          try {
            return asked.rule().evaluate(call);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });

    assertThat(seen).containsExactly("all 1", "after 2", "pattern 5");
  }
}
