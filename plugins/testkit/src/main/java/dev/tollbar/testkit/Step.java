package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of {@code calls}: a call, what a person does, or an edit of the document. Which one it
 * is, the one of the first six keys says that is there.
 */
record Step(
    Optional<String> tool,
    Optional<Listed> list,
    Optional<String> body,
    Optional<Person> person,
    Optional<String> policy,
    Optional<String> document,
    Optional<JsonNode> arguments,
    Optional<String> grant,
    Optional<Moment> at,
    Optional<Integer> repeat,
    Optional<Answer> reply,
    Optional<Leaving> client,
    Optional<Expect> expect,
    Optional<String> refused) {

  /** What can be listed. */
  enum Listed {
    TOOLS
  }

  /** What a person says to the question that is open. */
  enum Person {
    APPROVE,
    DENY
  }

  /** What a client does while the server is at work. */
  enum Leaving {
    CANCELS,
    LEAVES
  }

  private static final Map<String, Set<String>> BESIDE =
      Map.of(
          "tool", Set.of("arguments", "grant", "at", "repeat", "reply", "client", "expect"),
          "list", Set.of("grant", "at", "repeat", "expect"),
          "body", Set.of("grant", "at", "repeat", "expect"),
          "person", Set.of("at"),
          "policy", Set.of("at", "refused"),
          "document", Set.of("at", "refused"));

  Step {
    List<String> given = new ArrayList<>();
    tool.ifPresent(_ -> given.add("tool"));
    list.ifPresent(_ -> given.add("list"));
    body.ifPresent(_ -> given.add("body"));
    person.ifPresent(_ -> given.add("person"));
    policy.ifPresent(_ -> given.add("policy"));
    document.ifPresent(_ -> given.add("document"));
    arguments.ifPresent(_ -> given.add("arguments"));
    grant.ifPresent(_ -> given.add("grant"));
    at.ifPresent(_ -> given.add("at"));
    repeat.ifPresent(_ -> given.add("repeat"));
    reply.ifPresent(_ -> given.add("reply"));
    client.ifPresent(_ -> given.add("client"));
    expect.ifPresent(_ -> given.add("expect"));
    refused.ifPresent(_ -> given.add("refused"));
    List<String> kinds = given.stream().filter(BESIDE::containsKey).toList();
    if (kinds.size() != 1) {
      throw new InvalidConfigException(
          "",
          "one of tool, list, body, person, policy and document",
          kinds.isEmpty() ? "none" : String.join(" and ", kinds));
    }
    String kind = kinds.getFirst();
    Set<String> beside = BESIDE.getOrDefault(kind, Set.of());
    List<Problem> problems = new ArrayList<>();
    for (String key : given) {
      if (!key.equals(kind) && !beside.contains(key)) {
        problems.add(new Problem(key, "no " + key + " beside " + kind, "one"));
      }
    }
    if (beside.contains("expect") && expect.isEmpty()) {
      problems.add(new Problem("expect", "an object", "nothing"));
    }
    if (!kind.equals("list") && expect.flatMap(Expect::tools).isPresent()) {
      problems.add(new Problem("expect/tools", "no tools but beside list", "some"));
    }
    arguments
        .filter(value -> !value.isObject())
        .ifPresent(
            value -> problems.add(new Problem("arguments", "an object", Wording.found(value))));
    repeat
        .filter(times -> times < 1)
        .ifPresent(
            times -> problems.add(new Problem("repeat", "at least 1", Integer.toString(times))));
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }
}
