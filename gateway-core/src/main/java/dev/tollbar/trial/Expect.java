package dev.tollbar.trial;

import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How a call of a test is to be decided. What is not given is not looked at. */
record Expect(
    @Doc("permit, deny, pending (a person is asked), refused (turned away before any policy)")
        Optional<Word> decision,
    @Doc("The code that the agent is told: rule, limit, default_deny, …") Optional<String> code,
    @Doc("The deciding rule: its id, its pointer, or (default deny), (hidden), (no policy)")
        Optional<String> rule,
    @Doc("A part of the text that the agent is told") Optional<String> text,
    @Doc("After how long the same call may be permitted") Optional<Duration> retryAfter,
    @Doc("What is left of the limit that denied") Optional<String> remaining,
    @Doc("The shadow rules that would have denied or asked; an empty list: none")
        Optional<List<String>> shadow,
    @Doc("The tools that are visible, in order; only beside list") Optional<List<String>> tools) {

  /** What can become of a call. */
  enum Word {
    PERMIT,
    DENY,
    PENDING,
    REFUSED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is wrong with it beside a list, or beside a call. */
  List<Problem> problems(boolean list) {
    List<Problem> problems = new ArrayList<>();
    if (list && tools.isEmpty()) {
      problems.add(new Problem("expect/tools", "a list", "nothing"));
    }
    if (!list && tools.isPresent()) {
      problems.add(new Problem("expect/tools", "no tools but beside list", "some"));
    }
    if (!list && decision.isEmpty()) {
      problems.add(new Problem("expect/decision", "permit, deny, pending or refused", "nothing"));
    }
    return problems;
  }
}
