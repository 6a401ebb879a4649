package dev.tollbar.history;

import dev.tollbar.api.Tool;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Selector;
import dev.tollbar.policy.Treatment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What changes from one policy to another for its tools, prompts or resources.
 *
 * <p>What a tool is to calls is the strictest of what its selectors make of it, so it becomes what
 * one of them becomes. Only where a selector comes or goes under {@code default: deny} a tool that
 * another one is for, too, may become what neither does. Such pairs are compared as well.
 */
final class SectionComparison {
  /** Each takes as long as a call of a tool that was not seen before. */
  private static final int MOST_PAIRS = 20_000;

  /** Of one pair: the product of their lengths. */
  private static final int MOST_COST = 1_000_000;

  private final Section section;
  private final Policy before;
  private final Policy after;
  private final Samples samples;
  private final List<Difference> differences = new ArrayList<>();
  private int pairs;
  private int leftOut;

  /** What a tool is to calls, before and after. */
  private record Step(Treatment was, Treatment is) {
    Standing before() {
      return Standing.of(was);
    }

    Standing after() {
      return Standing.of(is);
    }

    boolean comesOrGoes() {
      return was.refused() != is.refused();
    }

    /** Whether a tool of both becomes what one of them becomes. */
    boolean explains(Step both, Step other) {
      return both.before() == stricter(before(), other.before())
          && both.after() == stricter(after(), other.after());
    }

    private static Standing stricter(Standing one, Standing other) {
      return one.compareTo(other) > 0 ? one : other;
    }
  }

  /** A change without who it is for. */
  record Difference(
      String subject, Standing before, Standing after, List<String> removed, List<String> added) {
    Change of(String server, List<String> grants, Section section) {
      return new Change(server, grants, section, subject, before, after, removed, added);
    }
  }

  SectionComparison(Section section, Policy before, Policy after) {
    this.section = section;
    this.before = before;
    this.after = after;
    Map<String, Selector> selectors = Samples.selectors(section, List.of(before, after));
    this.samples = Samples.among(selectors.values());
    Map<String, Step> steps = new LinkedHashMap<>();
    selectors.forEach((text, selector) -> {
      Step step = step(samples.of(selector));
      steps.put(text, step);
      difference(text, step);
    });
    difference("", step(samples.other()));
    pairs(List.copyOf(selectors.values()), steps);
  }

  List<Difference> differences() {
    return List.copyOf(differences);
  }

  /** How many pairs of selectors would have taken too long. */
  int leftOut() {
    return leftOut;
  }

  private void pairs(List<Selector> selectors, Map<String, Step> steps) {
    for (int i = 0; i < selectors.size(); i++) {
      if (!step(steps, selectors.get(i)).comesOrGoes()) {
        continue;
      }
      for (int j = 0; j < selectors.size(); j++) {
        if (j > i || (j < i && !step(steps, selectors.get(j)).comesOrGoes())) {
          pair(selectors.get(Math.min(i, j)), selectors.get(Math.max(i, j)), steps);
        }
      }
    }
  }

  private void pair(Selector one, Selector other, Map<String, Step> steps) {
    if (areNames(one, other)) {
      return;
    }
    long cost = (long) one.text().length() * other.text().length();
    if (pairs++ >= MOST_PAIRS || cost > MOST_COST) {
      leftOut++;
      return;
    }
    samples
        .ofBoth(one, other)
        .map(this::step)
        .filter(both -> !step(steps, one).explains(both, step(steps, other)))
        .ifPresent(both -> difference(one.text() + " and " + other.text(), both));
  }

  private static Step step(Map<String, Step> steps, Selector selector) {
    return Objects.requireNonNull(steps.get(selector.text()));
  }

  /** Of a name alone is known which patterns are for it. */
  private static boolean areNames(Selector one, Selector other) {
    return (one instanceof Selector.Exact && !other.needsSeen())
        || (other instanceof Selector.Exact && !one.needsSeen());
  }

  private Step step(Tool sample) {
    return new Step(before.treatment(section, sample), after.treatment(section, sample));
  }

  private void difference(String subject, Step step) {
    List<String> removed = words(step.was());
    List<String> added = words(step.is());
    if (step.before() == step.after() && removed.equals(added)) {
      return;
    }
    List<String> kept = new ArrayList<>(added);
    List<String> gone = removed.stream().filter(rule -> !kept.remove(rule)).toList();
    differences.add(new Difference(subject, step.before(), step.after(), gone, kept));
  }

  /** The rules that calls get to: none where all is denied without one. */
  private static List<String> words(Treatment treatment) {
    List<ConfiguredRule> rules =
        treatment.hidden() || treatment.refused() ? List.of() : treatment.rules();
    return rules.stream().map(Words::withFiles).toList();
  }
}
