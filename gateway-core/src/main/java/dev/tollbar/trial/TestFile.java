package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.policy.Wording;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A {@code *.test.yaml} file as it is written. */
@Doc("Cases beside a policy or a document: calls, and how each is to be decided.")
record TestFile(
    @Doc("The policy on test: a file beside this one, of either version") Optional<String> policy,
    @Doc("The gateway's document on test, instead of a policy") Optional<String> document,
    @Doc("What every case begins with, unless it says otherwise") Optional<Given> given,
    @Doc("The cases, each by itself") List<Case> cases) {

  /** One case. */
  record Case(
      @Doc("What it shows, in a few words; each case of a file has another name") String name,
      @Doc("What it begins with") Optional<Given> given,
      @Doc("What happens, in order") List<Step> calls) {

    Case {
      calls = List.copyOf(calls);
      List<Problem> problems = new ArrayList<>();
      if (name.isBlank()) {
        problems.add(new Problem("name", "a name", Wording.quote(name)));
      }
      if (calls.isEmpty()) {
        problems.add(new Problem("calls", "at least one call", "an empty list"));
      }
      if (!problems.isEmpty()) {
        throw new InvalidConfigException(problems);
      }
    }
  }

  TestFile {
    cases = List.copyOf(cases);
    List<Problem> problems = new ArrayList<>();
    if (policy.isPresent() == document.isPresent()) {
      problems.add(
          new Problem(
              "", "policy or document, one of the two", policy.isPresent() ? "both" : "neither"));
    } else if (!isPath(policy.or(() -> document).orElseThrow())) {
      problems.add(
          new Problem(
              policy.isPresent() ? "policy" : "document",
              "a file beside this one",
              Wording.quote(policy.or(() -> document).orElseThrow())));
    }
    if (document.isPresent()) {
      given.flatMap(Given::labels).ifPresent(_ -> problems.add(labelled("given/labels")));
      for (int i = 0; i < cases.size(); i++) {
        String key = "cases/" + i + "/given/labels";
        cases.get(i).given().flatMap(Given::labels).ifPresent(_ -> problems.add(labelled(key)));
      }
    }
    if (cases.isEmpty()) {
      problems.add(new Problem("cases", "at least one case", "an empty list"));
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < cases.size(); i++) {
      if (!names.add(cases.get(i).name())) {
        problems.add(
            new Problem(
                "cases/" + i + "/name",
                "a name of its own",
                Wording.quote(cases.get(i).name()) + " again"));
      }
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }

  private static boolean isPath(String text) {
    try {
      return !Path.of(text).toString().isBlank();
    } catch (InvalidPathException _) {
      return false;
    }
  }

  private static Problem labelled(String key) {
    return new Problem(key, "no labels beside document, whose grants have their own", "some");
  }

  /** What is on test, as the file names it. */
  String subject() {
    return policy.or(() -> document).orElseThrow();
  }

  /** What a case begins with, all in all. */
  Given given(Case of) {
    Given all = given.orElse(Given.NOTHING);
    return of.given().map(own -> own.or(all)).orElse(all);
  }

  /** The time of cases that do not say one. */
  static final String START = "2026-01-01T00:00:00Z";

  /** What a case begins with. */
  record Given(
      @Doc("The server that is called; left out: the only one of the document, or \"default\"")
          Optional<String> server,
      @Doc("Who calls; left out: local") Optional<String> grant,
      @Doc("Labels of the grant; only beside policy, as a document has its own")
          Optional<Map<String, String>> labels,
      @Doc("The protocol session of the calls; left out: none") Optional<String> session,
      @Doc("The time, which stands still until a call moves it; left out: " + START)
          Optional<Moment> clock,
      @Doc("The server's own tool list, as tools/list gives it; left out: no tool was seen")
          Optional<List<JsonNode>> tools,
      @Doc("What counters have counted already: by counter name, or by id or pointer of the rule")
          @Default("{}")
          Map<String, BigDecimal> counters,
      @Doc("What people have decided already") @Default("[]") List<Approval> approvals) {

    static final Given NOTHING =
        new Given(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            List.of());

    Given {
      counters = Map.copyOf(counters);
      approvals = List.copyOf(approvals);
      List<Problem> problems = new ArrayList<>();
      counters.forEach((name, used) -> {
        if (used.signum() < 0) {
          problems.add(
              new Problem("counters/" + name, "a number, 0 or more", used.toPlainString()));
        }
      });
      var entries = tools.orElse(List.of());
      for (int i = 0; i < entries.size(); i++) {
        if (!entries.get(i).path("name").isTextual()) {
          problems.add(
              new Problem("tools/" + i, "an object with a name", Wording.found(entries.get(i))));
        }
      }
      if (!problems.isEmpty()) {
        throw new InvalidConfigException(problems);
      }
    }

    Instant time() {
      return clock.map(Moment::instant).orElseGet(() -> Instant.parse(START));
    }

    /** What this says, and where it says nothing what the other does. */
    Given or(Given other) {
      return new Given(
          server.or(other::server),
          grant.or(other::grant),
          labels.or(other::labels),
          session.or(other::session),
          clock.or(other::clock),
          tools.or(other::tools),
          counters.isEmpty() ? other.counters() : counters,
          approvals.isEmpty() ? other.approvals() : approvals);
    }
  }

  /** What a person has decided before the first call. */
  record Approval(
      @Doc("The tool, prompt or resource of the call") String tool,
      @Doc("Its exact arguments; left out: any") Optional<JsonNode> arguments,
      @Doc("What the person said; an approval is good for one call") Step.Person person) {}
}
