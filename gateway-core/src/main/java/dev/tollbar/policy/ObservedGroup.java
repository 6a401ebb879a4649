package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Observation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Conditions that are judged together, and can tell what each of them sees.
 *
 * @param name what the group is called; empty for the one that a rule has
 */
record ObservedGroup(String name, List<Conditions> members, Conditions judge)
    implements Conditions {

  ObservedGroup {
    members = List.copyOf(members);
  }

  @Override
  public Match match(Call call) {
    return judge.match(call);
  }

  @Override
  public List<Observation> observe(Call call) {
    List<Observation> parts =
        members.stream().flatMap(member -> member.observe(call).stream()).toList();
    if (name.isEmpty()) {
      return parts;
    }
    Match match = match(call);
    Map<String, JsonNode> details = new LinkedHashMap<>();
    ObservedCondition.put(match, details);
    return List.of(new Observation(name, ObservedCondition.said(match), details, parts));
  }
}
