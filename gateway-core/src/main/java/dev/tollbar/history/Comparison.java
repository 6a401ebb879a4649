package dev.tollbar.history;

import dev.tollbar.document.DocumentGrant;
import dev.tollbar.document.Revision;
import dev.tollbar.document.ServerSpec;
import dev.tollbar.document.Webhook;
import dev.tollbar.policy.ArgumentValidation;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.stream.Stream;

/**
 * What changes from one revision to another: which tools, for which grants, become allowed, denied,
 * limited or asked; and what else is not as it was.
 *
 * @param changes of tools, prompts and resources, by server
 * @param others of all else, a line each
 */
public record Comparison(List<Change> changes, List<String> others) {
  public Comparison {
    changes = List.copyOf(changes);
    others = List.copyOf(others);
  }

  /** What grants have on one server, before and after; empty where they do not reach it. */
  private record Standpoint(String server, Optional<String> before, Optional<String> after) {}

  /** Compares. Both revisions must be open. */
  public static Comparison of(Side before, Side after) {
    List<Change> changes = new ArrayList<>();
    List<String> others = new ArrayList<>();
    standpoints(before, after)
        .forEach((standpoint, grants) -> {
          if (standpoint.before().isEmpty() || standpoint.after().isEmpty()) {
            others.add(reach(standpoint, grants));
            return;
          }
          Policy was = before.policy(standpoint.before().get());
          Policy is = after.policy(standpoint.after().get());
          changes.addAll(changes(standpoint.server(), grants, was, is, others));
          others.addAll(serverRequests(standpoint.server(), grants, was, is));
          others.addAll(argumentChecks(standpoint.server(), grants, was, is));
          if (!was.recorded().texts().equals(is.recorded().texts())) {
            others.add(
                "%s: records of calls by %s have other values of arguments"
                    .formatted(standpoint.server(), Words.and(grants)));
          }
        });
    others.addAll(
        entries(
            "server",
            before.revision().servers(),
            after.revision().servers(),
            (ServerSpec was, ServerSpec is) ->
                was.digest().equals(is.digest())
                    ? Optional.empty()
                    : Optional.of("is reached another way")));
    others.addAll(
        entries("grant", before.revision().grants(), after.revision().grants(), Comparison::grant));
    others.addAll(
        entries(
            "webhook",
            before.revision().webhooks(),
            after.revision().webhooks(),
            (Webhook was, Webhook is) ->
                was.url().equals(is.url()) ? Optional.empty() : Optional.of("has another URL")));
    others.addAll(settings(before.revision(), after.revision()));
    return new Comparison(changes, others);
  }

  public boolean isEmpty() {
    return changes.isEmpty() && others.isEmpty();
  }

  private static Map<Standpoint, List<String>> standpoints(Side before, Side after) {
    record Pair(String server, String grant) {}
    Map<Standpoint, List<String>> standpoints = new LinkedHashMap<>();
    Stream.concat(before.reaches().stream(), after.reaches().stream())
        .map(reach -> new Pair(reach.server(), reach.grant()))
        .distinct()
        .sorted(java.util.Comparator.comparing(Pair::server).thenComparing(Pair::grant))
        .forEach(pair ->
            standpoints
                .computeIfAbsent(
                    new Standpoint(
                        pair.server(),
                        before.policy(pair.grant(), pair.server()),
                        after.policy(pair.grant(), pair.server())),
                    _ -> new ArrayList<>())
                .add(pair.grant()));
    return standpoints;
  }

  private static String reach(Standpoint standpoint, List<String> grants) {
    return standpoint
        .after()
        .map(policy ->
            "%s: reached by %s now, under policy %s"
                .formatted(standpoint.server(), Words.and(grants), policy))
        .orElseGet(
            () -> "%s: reached by %s no more".formatted(standpoint.server(), Words.and(grants)));
  }

  private static List<Change> changes(
      String server, List<String> grants, Policy before, Policy after, List<String> others) {
    List<Change> changes = new ArrayList<>();
    for (Section section : Section.values()) {
      SectionComparison comparison = new SectionComparison(section, before, after);
      comparison.differences().forEach(found -> changes.add(found.of(server, grants, section)));
      if (comparison.leftOut() > 0) {
        others.add(
            "%s: %d pairs of selectors are too many to say what becomes of %ss that both are for"
                .formatted(server, comparison.leftOut(), section.noun()));
      }
    }
    return changes;
  }

  private static List<String> serverRequests(
      String server, List<String> grants, Policy before, Policy after) {
    List<String> lines = new ArrayList<>();
    for (Policy.ServerRequest request : Policy.ServerRequest.values()) {
      if (before.permits(request) != after.permits(request)) {
        lines.add(
            "%s: %s requests of the server to %s: %s"
                .formatted(
                    server,
                    request.name().toLowerCase(Locale.ROOT),
                    Words.and(grants),
                    after.permits(request) ? "denied -> allowed" : "allowed -> denied"));
      }
    }
    return lines;
  }

  private static List<String> argumentChecks(
      String server, List<String> grants, Policy before, Policy after) {
    return before.validation() == after.validation()
        ? List.of()
        : List.of(
            "%s: arguments of calls by %s: %s -> %s"
                .formatted(
                    server,
                    Words.and(grants),
                    checked(before.validation()),
                    checked(after.validation())));
  }

  private static String checked(ArgumentValidation validation) {
    return switch (validation) {
      case NEVER -> "not checked against the input schema";
      case WHERE_KNOWN -> "checked where the input schema is known";
      case ALWAYS -> "always checked against the input schema";
    };
  }

  private static List<String> settings(Revision before, Revision after) {
    List<String> lines = new ArrayList<>();
    if (!before.records().equals(after.records())) {
      lines.add("records: kept in another way");
    }
    if (!before.capacity().equals(after.capacity())) {
      lines.add("capacity: the gateway takes on more or less");
    }
    if (!before.reloadTests().equals(after.reloadTests())) {
      lines.add("on_reload: other tests must pass before a change comes into force");
    }
    return lines;
  }

  /** What is not as it was; labels decide only where a rule looks at them. */
  private static Optional<String> grant(DocumentGrant was, DocumentGrant is) {
    List<String> changed = new ArrayList<>();
    if (!was.tokenSha256().equals(is.tokenSha256())) {
      changed.add("has another token");
    }
    if (!was.labels().equals(is.labels())) {
      changed.add("labels " + labels(was) + " -> " + labels(is));
    }
    if (!was.expires().equals(is.expires())) {
      changed.add("ends " + end(was) + " -> " + end(is));
    }
    return changed.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", changed));
  }

  private static String labels(DocumentGrant grant) {
    return new TreeMap<>(grant.labels()).toString();
  }

  private static String end(DocumentGrant grant) {
    return grant.expires().map(Instant::toString).orElse("never");
  }

  private static <T> List<String> entries(
      String what,
      Map<String, T> before,
      Map<String, T> after,
      BiFunction<T, T, Optional<String>> compare) {
    List<String> lines = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(after.keySet());
    Map<String, T> was = new TreeMap<>(before);
    Map<String, T> is = new TreeMap<>(after);
    for (String name : names) {
      Optional<T> then = Optional.ofNullable(was.get(name));
      Optional<T> now = Optional.ofNullable(is.get(name));
      if (then.isEmpty()) {
        lines.add(what + " " + name + ": new");
      } else if (now.isEmpty()) {
        lines.add(what + " " + name + ": gone");
      } else {
        compare
            .apply(then.get(), now.get())
            .ifPresent(changed -> lines.add(what + " " + name + ": " + changed));
      }
    }
    return lines;
  }
}
