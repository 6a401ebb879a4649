package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Tool;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.upstream.InputSchema;
import dev.tollbar.upstream.ToolCatalog;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run of one case. One thread. */
final class CaseRun {
  private final TestFile.Given given;
  private final String server;
  private final Bench bench;
  private final Setting setting;
  private final RuleWatch watch;
  private final RuleUses uses;
  private final People people;

  /** What a step came to that is not as expected. */
  record Surprise(
      String call,
      String key,
      Optional<String> message,
      List<Difference> differences,
      Optional<Judged> judged) {}

  /**
   * A run.
   *
   * @param server which is called by steps that name none
   */
  CaseRun(
      TestFile.Given given,
      String server,
      Bench bench,
      Setting setting,
      RuleWatch watch,
      RuleUses uses) {
    this.given = given;
    this.server = server;
    this.bench = bench;
    this.setting = setting;
    this.watch = watch;
    this.uses = uses;
    this.people = new People(setting, given.approvals());
    setting.begin(given.time(), given.counters());
  }

  /** Takes one step; empty if all is as expected. */
  Optional<Surprise> step(Step step) throws InterruptedException {
    step.at().ifPresent(moment -> setting.moveTo(moment.instant()));
    if (step.person().isPresent()) {
      return people
          .say(step.person().get())
          .map(wrong ->
              new Surprise("person", "/person", Optional.of(wrong), List.of(), Optional.empty()));
    }
    int times = step.repeat().orElse(1);
    for (int i = 1; i <= times; i++) {
      Found found = step.list().isPresent() ? list(step) : call(step);
      List<Difference> differences = Difference.between(step.expect().orElseThrow(), found);
      if (differences.stream().anyMatch(Difference::isOne)) {
        return Optional.of(
            new Surprise(
                shortly(step) + (times == 1 ? "" : ", time " + i + " of " + times),
                "",
                Optional.empty(),
                differences,
                found.judged()));
      }
    }
    return Optional.empty();
  }

  private Access access(Step step) {
    Access access = bench.access(grant(step), step.server().orElse(server), setting.instant());
    return access instanceof Access.Granted granted && given.labels().isPresent()
        ? new Access.Granted(given.labels().get(), granted.policy())
        : access;
  }

  private String grant(Step step) {
    return step.grant().or(given::grant).orElse("local");
  }

  private Found list(Step step) {
    return switch (access(step)) {
      case Access.Refused refused -> Found.refused(refused);
      case Access.Granted granted ->
          Found.listed(
              given.tools().orElse(List.of()).stream()
                  .map(ToolCatalog::tool)
                  .filter(tool -> granted.policy().visible(Section.TOOLS, tool))
                  .map(Tool::name)
                  .toList());
    };
  }

  private Found call(Step step) throws InterruptedException {
    return switch (access(step)) {
      case Access.Refused refused -> Found.refused(refused);
      case Access.Granted(Map<String, String> labels, Policy policy) -> {
        CallSketch sketch =
            new CallSketch(
                grant(step),
                step.server().orElse(server),
                step.section(),
                tool(step),
                arguments(step),
                step.session().or(given::session),
                setting.instant(),
                listed(step).map(entry -> InputSchema.of(entry.path("inputSchema"))));
        yield new Trying(watch, policy, people, uses)
            .make(
                sketch,
                sketch.call(labels, policy.name()),
                bench.revision().id(),
                step.reply().orElse(Reply.PLAIN));
      }
    };
  }

  private Tool tool(Step step) {
    return listed(step)
        .map(ToolCatalog::tool)
        .orElseGet(() -> Tool.named(step.target().orElseThrow()));
  }

  /** What the server lists of the tool that is called, if it was seen. */
  private Optional<JsonNode> listed(Step step) {
    return given.tools().orElse(List.of()).stream()
        .filter(_ -> step.section() == Section.TOOLS)
        .filter(entry -> entry.path("name").asText("").equals(step.target().orElseThrow()))
        .findFirst();
  }

  private static ObjectNode arguments(Step step) {
    JsonNode given = step.arguments().orElseGet(JsonNodeFactory.instance::objectNode);
    return (ObjectNode) given;
  }

  private String shortly(Step step) {
    String what =
        step.list().isPresent()
            ? "tools/list"
            : ExplainedText.shortly(step.target().orElseThrow(), arguments(step));
    return what + " by " + grant(step);
  }
}
