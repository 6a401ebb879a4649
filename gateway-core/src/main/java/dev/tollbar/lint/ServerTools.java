package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Tool;
import dev.tollbar.document.Outline;
import dev.tollbar.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the servers of a document say of their own tools.
 *
 * @param listed by server, what it listed
 * @param silent by server, why it listed nothing
 * @param servers by policy, the servers that it is in force on
 * @param policies the compiled policies, by name
 */
public record ServerTools(
    Map<String, List<Listed>> listed,
    Map<String, String> silent,
    Map<String, Set<String>> servers,
    Map<String, Policy> policies) {

  /**
   * One tool of a server's list.
   *
   * @param schema its input schema
   */
  public record Listed(Tool tool, JsonNode schema) {}

  void review(Outline document, List<PolicyText> texts, Findings findings) {
    silent.forEach((server, reason) ->
        findings.add(
            FindingKind.SERVER_UNREACHABLE,
            document,
            // One of the command line stands nowhere in the file.
            document.root().path("servers").has(server)
                ? "/servers/" + PolicyTexts.escaped(server)
                : "",
            "the server did not say which tools it has: "
                + reason
                + "; what the document says of them was not checked"));
    for (PolicyText text : texts) {
      Set<String> reached = new TreeSet<>(servers.getOrDefault(text.name(), Set.of()));
      List<Listed> tools = new ArrayList<>();
      reached.forEach(server -> tools.addAll(listed.getOrDefault(server, List.of())));
      // What one server does not have, another that did not answer may.
      boolean complete = !reached.isEmpty() && listed.keySet().containsAll(reached);
      if (complete) {
        new KnownNames(text, reached, tools, findings).review();
      }
      Policy policy = policies.get(text.name());
      if (policy != null && !policy.shadow()) {
        new FreeTools(text, policy, findings).review(tools);
      }
    }
  }
}
