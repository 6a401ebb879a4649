package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Wording;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of {@code calls}: a call, a list, or what a person does. Which one it is, the one of
 * the first five keys says that is there.
 */
record Step(
    @Doc("Calls a tool") Optional<String> tool,
    @Doc("Gets a prompt") Optional<String> prompt,
    @Doc("Reads a resource, by its URI") Optional<String> resource,
    @Doc("Lists what the grant can see of given.tools") Optional<Listed> list,
    @Doc("What a person says to the question that is open") Optional<Person> person,
    @Doc("The arguments of the call; left out: none") Optional<JsonNode> arguments,
    @Doc("Who calls, if it is another one") Optional<String> grant,
    @Doc("Which server is called, if it is another one") Optional<String> server,
    @Doc("The protocol session, if it is another one") Optional<String> session,
    @Doc("Moves the clock, forward, before the call") Optional<Moment> at,
    @Doc("How often the same call is made; each time the same is expected")
        Optional<Integer> repeat,
    @Doc("What the server answers, if the call gets there; left out: a plain result")
        Optional<Reply> reply,
    @Doc("How it is to be decided") Optional<Expect> expect) {

  /** What can be listed. */
  enum Listed {
    TOOLS
  }

  /** What a person says. */
  enum Person {
    APPROVE,
    DENY
  }

  /** The keys of which each step has one. */
  static final List<String> KINDS = List.of("tool", "prompt", "resource", "list", "person");

  private static final Set<String> OF_A_CALL =
      Set.of("arguments", "grant", "server", "session", "at", "repeat", "reply", "expect");
  private static final Map<String, Set<String>> BESIDE =
      Map.of(
          "tool", OF_A_CALL,
          "prompt", OF_A_CALL,
          "resource", Set.of("grant", "server", "session", "at", "repeat", "reply", "expect"),
          "list", Set.of("grant", "server", "at", "expect"),
          "person", Set.of("at"));

  Step {
    List<String> given = new ArrayList<>();
    tool.ifPresent(_ -> given.add("tool"));
    prompt.ifPresent(_ -> given.add("prompt"));
    resource.ifPresent(_ -> given.add("resource"));
    list.ifPresent(_ -> given.add("list"));
    person.ifPresent(_ -> given.add("person"));
    arguments.ifPresent(_ -> given.add("arguments"));
    grant.ifPresent(_ -> given.add("grant"));
    server.ifPresent(_ -> given.add("server"));
    session.ifPresent(_ -> given.add("session"));
    at.ifPresent(_ -> given.add("at"));
    repeat.ifPresent(_ -> given.add("repeat"));
    reply.ifPresent(_ -> given.add("reply"));
    expect.ifPresent(_ -> given.add("expect"));
    List<String> kinds = given.stream().filter(KINDS::contains).toList();
    if (kinds.size() != 1) {
      throw new InvalidConfigException(
          "",
          "one of tool, prompt, resource, list and person",
          kinds.isEmpty() ? "none" : String.join(" and ", kinds));
    }
    List<Problem> problems =
        problems(kinds.getFirst(), given, arguments, repeat, expect.isPresent());
    expect.ifPresent(wanted -> problems.addAll(wanted.problems(kinds.getFirst().equals("list"))));
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }

  private static List<Problem> problems(
      String kind,
      List<String> given,
      Optional<JsonNode> arguments,
      Optional<Integer> repeat,
      boolean expects) {
    Set<String> beside = BESIDE.getOrDefault(kind, Set.of());
    List<Problem> problems = new ArrayList<>();
    for (String key : given) {
      if (!key.equals(kind) && !beside.contains(key)) {
        problems.add(new Problem(key, "no " + key + " beside " + kind, "one"));
      }
    }
    if (beside.contains("expect") && !expects) {
      problems.add(new Problem("expect", "an object", "nothing"));
    }
    arguments
        .filter(value -> !value.isObject())
        .ifPresent(
            value -> problems.add(new Problem("arguments", "an object", Wording.found(value))));
    repeat
        .filter(times -> times < 1 || times > 1_000_000)
        .ifPresent(times ->
            problems.add(
                new Problem(
                    "repeat", "a whole number from 1 to 1000000", Integer.toString(times))));
    return problems;
  }

  /** What is called; empty if nothing is. */
  Optional<String> target() {
    return tool.or(() -> prompt).or(() -> resource);
  }

  Section section() {
    if (prompt.isPresent()) {
      return Section.PROMPTS;
    }
    return resource.isPresent() ? Section.RESOURCES : Section.TOOLS;
  }
}
