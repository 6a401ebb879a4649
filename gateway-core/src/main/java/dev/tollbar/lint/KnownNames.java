package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Tool;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Selector;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Compares what a policy names with what its servers have: tools, and arguments of tools. */
final class KnownNames {
  private final PolicyText policy;
  private final String servers;
  private final List<ServerTools.Listed> tools;
  private final Findings findings;

  /**
   * For one policy.
   *
   * @param servers those that it is in force on
   * @param tools all of their tools
   */
  KnownNames(
      PolicyText policy, Set<String> servers, List<ServerTools.Listed> tools, Findings findings) {
    this.policy = policy;
    this.servers =
        (servers.size() == 1 ? "the server " : "none of the servers ")
            + String.join(", ", servers.stream().map(Wording::quote).toList())
            + (servers.size() == 1 ? " has no " : " has a ");
    this.tools = tools;
    this.findings = findings;
  }

  void review() {
    SectionText section = policy.sections().getFirst();
    section.hidden().forEach(hidden -> known(hidden.selector(), hidden.pointer()));
    section.everywhere().forEach(rule -> arguments(rule, tools));
    for (EntryText entry : section.entries()) {
      known(entry.selector(), entry.pointer());
      List<ServerTools.Listed> matching = matching(entry.selector());
      entry.rules().forEach(rule -> arguments(rule, matching));
    }
    policy
        .node()
        .path("record_values")
        .properties()
        .forEach(member -> {
          String here = policy.pointer() + "/record_values/" + PolicyTexts.escaped(member.getKey());
          Selector selector = Selector.of(member.getKey(), Section.TOOLS, false);
          known(selector, here);
          for (int i = 0; i < member.getValue().size(); i++) {
            argument(here + "/" + i, member.getValue().path(i).asText(), matching(selector));
          }
        });
  }

  private List<ServerTools.Listed> matching(Selector selector) {
    return tools.stream().filter(listed -> selector.matches(listed.tool())).toList();
  }

  private void known(Selector selector, String pointer) {
    if (selector instanceof Selector.Unlisted || !matching(selector).isEmpty()) {
      return;
    }
    List<String> names = tools.stream().map(ServerTools.Listed::tool).map(Tool::name).toList();
    String message =
        selector instanceof Selector.Exact(String name)
            ? servers + "tool " + Wording.quote(name) + Wording.didYouMean(name, names)
            : servers + "tool that " + Wording.quote(selector.text()) + " is for";
    findings.add(FindingKind.UNKNOWN_TOOL, policy.outline(), pointer, message);
  }

  private void arguments(RuleText rule, List<ServerTools.Listed> matching) {
    switch (rule.kind()) {
      case "require", "deny_if" -> conditions(rule.pointer(), rule.config(), matching);
      case "approval" -> list(rule.pointer() + "/when", rule.config().path("when"), matching);
      case "limits" -> {
        argument(rule.pointer() + "/amount", rule.config().path("amount").asText(), matching);
        JsonNode scope = rule.config().path("scope");
        argument(rule.pointer() + "/scope", scope.asText(), matching);
        for (int i = 0; i < scope.size(); i++) {
          argument(rule.pointer() + "/scope/" + i, scope.path(i).asText(), matching);
        }
        list(rule.pointer() + "/refund_on", rule.config().path("refund_on"), matching);
      }
      default -> {}
    }
  }

  /** A rule, a group or one condition. */
  private void conditions(String at, JsonNode node, List<ServerTools.Listed> matching) {
    argument(at + "/path", node.path("path").asText(), matching);
    for (String group : List.of("conditions", "any", "all")) {
      list(at + "/" + group, node.path(group), matching);
    }
    if (node.path("not").isObject()) {
      conditions(at + "/not", node.path("not"), matching);
    }
  }

  private void list(String at, JsonNode conditions, List<ServerTools.Listed> matching) {
    for (int i = 0; i < conditions.size(); i++) {
      conditions(at + "/" + i, conditions.path(i), matching);
    }
  }

  /** Of several tools one that has it is enough: an entry may be for tools that differ. */
  private void argument(String pointer, String path, List<ServerTools.Listed> matching) {
    if (!path.startsWith("args.") && !path.startsWith("args[")) {
      return;
    }
    List<SchemaPath.Unknown> unknown = new ArrayList<>();
    for (ServerTools.Listed listed : matching) {
      SchemaPath.unknown(path, listed.schema()).ifPresent(unknown::add);
    }
    if (matching.isEmpty() || unknown.size() < matching.size()) {
      return;
    }
    SchemaPath.Unknown first = unknown.getFirst();
    Collection<String> names =
        unknown.stream().flatMap(each -> each.known().stream()).distinct().toList();
    findings.add(
        FindingKind.UNKNOWN_ARGUMENT,
        policy.outline(),
        pointer,
        (matching.size() == 1
                ? "the tool " + Wording.quote(matching.getFirst().tool().name()) + " has no "
                : "no tool that this rule is for has ")
            + first.path()
            + Wording.didYouMean(first.name(), names));
  }
}
