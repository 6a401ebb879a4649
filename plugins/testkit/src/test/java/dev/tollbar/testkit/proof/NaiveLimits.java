package dev.tollbar.testkit.proof;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.testkit.proof.NaivePolicy.Verdict;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Section 6, read aloud: a list of all that was ever taken, which is added up for each call. */
final class NaiveLimits {
  private final List<Taken> taken = new ArrayList<>();
  private int ids;

  /**
   * Whose a counter is.
   *
   * @param place of a counter without a name
   * @param tool of a counter with a name, where it belongs to one
   */
  record Owner(String place, String tool) {}

  /** A rule of kind {@code limits} or {@code rate_limit}. */
  record Limit(String kind, String name, Owner owner, boolean silent, JsonNode config) {

    BigDecimal max() {
      return new BigDecimal(config.path(atOnce() ? "concurrency" : "max").asText());
    }

    boolean atOnce() {
      return config.has("concurrency");
    }

    /** {@code day}, {@code 90s}. */
    String window() {
      return config.path("window").asText() + (kind.equals("rate_limit") ? "s" : "");
    }

    String phrase() {
      String most = config.path(atOnce() ? "concurrency" : "max").asText();
      if (atOnce()) {
        return most + " at once";
      }
      return rolls().isPresent()
          ? most + " in any " + exactly(rolls().get())
          : most + " per " + window();
    }

    Optional<Duration> rolls() {
      String unit = window().substring(window().length() - 1);
      return Character.isDigit(window().charAt(0))
          ? Optional.of(
              Duration.parse(
                  (unit.equals("d") ? "P" : "PT") + window().toUpperCase(java.util.Locale.ROOT)))
          : Optional.empty();
    }
  }

  /** What one call took of one counter. */
  record Taken(int id, Limit limit, String counter, BigDecimal amount, Instant at) {}

  /** Whether a call still fits, and what it is told if not. */
  Verdict judge(Limit limit, Situation call) {
    Optional<String> unfit = unfit(limit, call);
    if (unfit.isPresent()) {
      return Verdict.wrong(unfit.get());
    }
    BigDecimal asked = amount(limit, call);
    BigDecimal left = limit.max().subtract(used(limit, counter(limit, call), call.time()));
    if (asked.compareTo(left) <= 0) {
      return Verdict.PERMIT;
    }
    if (asked.compareTo(limit.max()) > 0) {
      return over("Above the limit: " + limit.phrase() + ". This can never fit.");
    }
    return over(
        "Limit reached: "
            + limit.phrase()
            + "."
            + (limit.config().has("amount") ? " Left: " + plain(limit, left) + "." : "")
            + " Try again in "
            + atLeast(untilFree(limit, call, asked.subtract(left)))
            + ".");
  }

  private static Verdict over(String reason) {
    return new Verdict("deny", "limit", reason, false);
  }

  /** With as many digits as the most has, or more where there are more. */
  private static String plain(Limit limit, BigDecimal left) {
    BigDecimal stripped = left.max(BigDecimal.ZERO).stripTrailingZeros();
    return stripped.setScale(Math.max(stripped.scale(), limit.max().scale())).toPlainString();
  }

  Taken take(Limit limit, Situation call) {
    Taken one = new Taken(++ids, limit, counter(limit, call), amount(limit, call), call.time());
    taken.add(one);
    return one;
  }

  /** What is left just after it was taken. */
  String left(Limit limit, Taken one) {
    return limit
        .max()
        .subtract(used(limit, one.counter(), one.at()))
        .max(BigDecimal.ZERO)
        .stripTrailingZeros()
        .toPlainString();
  }

  void giveBack(List<Taken> all) {
    all.forEach(one -> taken.removeIf(it -> it.id() == one.id()));
  }

  /** What an outcome gives back; what is at once ends with the call, however it ends. */
  void settle(List<Taken> all, RandomLimits.Ending ending) {
    giveBack(
        all.stream().filter(one -> one.limit().atOnce() || gives(one.limit(), ending)).toList());
  }

  private static boolean gives(Limit limit, RandomLimits.Ending ending) {
    JsonNode on = limit.config().path("refund_on");
    return switch (ending) {
      case GONE, BROKEN, CANCELLED, PROTOCOL_ERROR -> true;
      case TOOL_ERROR -> on.path(0).asText("").equals("is_error");
      case DECLINED -> on.path(0).isObject();
      case OK -> false;
    };
  }

  private BigDecimal used(Limit limit, String counter, Instant now) {
    BigDecimal used = BigDecimal.ZERO;
    for (Taken one : taken) {
      if (one.counter().equals(counter) && counts(limit, one.at(), now)) {
        used = used.add(one.amount());
      }
    }
    return used;
  }

  private static boolean counts(Limit limit, Instant at, Instant now) {
    return limit.atOnce() || now.isBefore(ends(limit, at));
  }

  /** When what is taken at a time counts no more. */
  private static Instant ends(Limit limit, Instant at) {
    ZonedDateTime time = at.atZone(ZoneOffset.UTC);
    LocalDate day = time.toLocalDate();
    return limit
        .rolls()
        .map(at::plus)
        .orElseGet(() ->
            switch (limit.window()) {
              case "second" -> time.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1).toInstant();
              case "minute" -> time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1).toInstant();
              case "hour" -> time.truncatedTo(ChronoUnit.HOURS).plusHours(1).toInstant();
              case "day" -> midnight(day.plusDays(1));
              case "week" -> midnight(day.with(TemporalAdjusters.next(DayOfWeek.MONDAY)));
              default -> midnight(day.with(TemporalAdjusters.firstDayOfNextMonth()));
            });
  }

  private static Instant midnight(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** The oldest go first. */
  private Duration untilFree(Limit limit, Situation call, BigDecimal excess) {
    if (limit.atOnce()) {
      return Duration.ofSeconds(1);
    }
    if (limit.rolls().isEmpty()) {
      return Duration.between(call.time(), ends(limit, call.time()));
    }
    BigDecimal free = BigDecimal.ZERO;
    Duration wait = Duration.ZERO;
    for (Taken one : taken) {
      if (one.counter().equals(counter(limit, call))
          && counts(limit, one.at(), call.time())
          && one.amount().signum() > 0
          && free.compareTo(excess) < 0) {
        free = free.add(one.amount());
        wait = Duration.between(call.time(), ends(limit, one.at()));
      }
    }
    return wait;
  }

  private static BigDecimal amount(Limit limit, Situation call) {
    return limit.config().has("amount")
        ? argument(limit.config().path("amount").textValue(), call).decimalValue()
        : BigDecimal.ONE;
  }

  private static JsonNode argument(String path, Situation call) {
    return call.arguments().path(path.substring("args.".length()));
  }

  /** Shadow counts apart, so that it takes nothing from others. */
  private static String counter(Limit limit, Situation call) {
    JsonNode named = limit.config().path("counter");
    String whose =
        named.isTextual()
            ? "named " + limit.owner().tool() + " " + named.textValue()
            : "of " + limit.owner().place();
    String window = limit.atOnce() ? "at once" : limit.window();
    return whose + " | " + limit.silent() + " | " + window + " | " + scope(limit, call);
  }

  private static List<String> scopes(Limit limit) {
    if (limit.kind().equals("rate_limit")) {
      return List.of("session");
    }
    JsonNode scope = limit.config().path("scope");
    List<String> scopes = new ArrayList<>();
    scope.forEach(each -> scopes.add(each.textValue()));
    return scope.isArray() ? scopes : List.of(scope.asText("grant"));
  }

  private static Set<String> scope(Limit limit, Situation call) {
    Set<String> key = new TreeSet<>();
    List<String> scopes = scopes(limit);
    if (!scopes.contains("global")) {
      key.add("server " + call.server());
    }
    for (String scope : scopes) {
      if (scope.equals("grant") || scope.equals("session")) {
        key.add("grant " + call.grant());
      }
      if (scope.equals("session")) {
        key.add("session " + call.session());
      }
      if (scope.startsWith("args.")) {
        JsonNode value = argument(scope, call);
        String text =
            value.isNumber()
                ? value.decimalValue().stripTrailingZeros().toString()
                : value.toString();
        key.add(scope + " " + text);
      }
    }
    return key;
  }

  /** Why a call cannot be counted. */
  private static Optional<String> unfit(Limit limit, Situation call) {
    if (limit.config().has("amount")) {
      String path = limit.config().path("amount").textValue();
      JsonNode value = argument(path, call);
      if (value.isMissingNode() || value.isNull()) {
        return Optional.of(path + " is needed, as a number.");
      }
      if (!value.isNumber()) {
        String type = value.isTextual() ? "a text" : NaiveOperators.type(value);
        return Optional.of(path + " must be a number, not " + type + ".");
      }
      if (Math.abs(value.decimalValue().scale()) > 100) {
        return Optional.of(path + " is out of the range that can be counted.");
      }
      if (value.decimalValue().signum() < 0) {
        return Optional.of(path + " must not be negative.");
      }
    }
    for (String scope : scopes(limit)) {
      JsonNode value = argument(scope.startsWith("args.") ? scope : "args.", call);
      if (!scope.startsWith("args.")) {
        continue;
      }
      if (value.isMissingNode() || value.isNull()) {
        return Optional.of(scope + " is needed: calls are counted by it.");
      }
      if (value.isNumber() && Math.abs(value.decimalValue().scale()) > 100) {
        return Optional.of(scope + " is out of the range that can be counted.");
      }
      if (value.isContainerNode()) {
        return Optional.of(scope + " must be a text, a number or a boolean.");
      }
    }
    return Optional.empty();
  }

  /** In the largest unit that it is a whole number of. */
  private static String exactly(Duration length) {
    long seconds = length.toSeconds();
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + " d";
    }
    if (seconds % 3_600 == 0) {
      return seconds / 3_600 + " h";
    }
    return seconds % 60 == 0 ? seconds / 60 + " min" : seconds + " s";
  }

  /** Rounded up, in a unit in which it is no small number. */
  private static String atLeast(Duration wait) {
    long seconds = Math.max(1, (wait.toMillis() + 999) / 1000);
    if (seconds <= 120) {
      return seconds + " s";
    }
    if (seconds <= 7_200) {
      return (seconds + 59) / 60 + " min";
    }
    return seconds <= 172_800
        ? (seconds + 3_599) / 3_600 + " h"
        : (seconds + 86_399) / 86_400 + " d";
  }
}
