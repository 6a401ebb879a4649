package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Tool;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Treatment;
import dev.tollbar.policy.Wording;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Finds tools of a server that destroy and that nothing holds back. */
final class FreeTools {
  private final PolicyText text;
  private final Policy policy;
  private final Findings findings;

  FreeTools(PolicyText text, Policy policy, Findings findings) {
    this.text = text;
    this.policy = policy;
    this.findings = findings;
  }

  void review(List<ServerTools.Listed> tools) {
    Set<Tool> seen = new HashSet<>();
    for (ServerTools.Listed listed : tools) {
      Tool tool = listed.tool();
      Treatment treatment = policy.treatment(Section.TOOLS, tool);
      boolean free =
          !treatment.hidden()
              && !treatment.refused()
              && treatment.rules().stream().allMatch(ConfiguredRule::shadow);
      if (free && seen.add(tool)) {
        review(tool);
      }
    }
  }

  /** Of a tool that says nothing only where nobody has named it: whoever did has looked at it. */
  private void review(Tool tool) {
    Optional<EntryText> entry =
        text.sections().getFirst().entries().stream()
            .filter(candidate -> candidate.selector().matches(tool))
            .findFirst();
    boolean everything =
        entry.map(EntryText::selector).filter(it -> it.text().equals("*")).isPresent();
    boolean destroys = tool.category().filter("destructive"::equals).isPresent();
    boolean silent = tool.category().isEmpty() && !says(tool, "readOnlyHint");
    if (destroys || (silent && (entry.isEmpty() || everything))) {
      findings.add(
          FindingKind.DESTRUCTIVE_WITHOUT_RULE,
          text.outline(),
          entry.map(EntryText::pointer).orElse(text.pointer() + "/default"),
          "the tool "
              + Wording.quote(tool.name())
              + (destroys ? " says that it destroys" : " does not say that it destroys nothing")
              + ", and is allowed without any rule; add one, such as \"approval\" or \"limits\", or"
              + " deny it");
    }
  }

  private static boolean says(Tool tool, String hint) {
    JsonNode said = tool.annotations().get(hint);
    return said != null && said.asBoolean();
  }
}
