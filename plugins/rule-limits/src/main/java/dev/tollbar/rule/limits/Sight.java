package dev.tollbar.rule.limits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Reading;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.Observation;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A look at a counter, for people who ask why. */
record Sight(Quota quota, Limit limit, Optional<Amount> amount, Instant now) {

  /** What a look at the counter says, for a call that asks for so much. */
  Observation of(Reading reading, BigDecimal asked) {
    BigDecimal left = reading.remaining().max(BigDecimal.ZERO);
    BigDecimal used = quota.max().subtract(left);
    Optional<Instant> reset = reset();
    Map<String, JsonNode> details = new LinkedHashMap<>();
    limit.counter().ifPresent(name -> details.put("counter", TextNode.valueOf(name)));
    ArrayNode scope = JsonNodeFactory.instance.arrayNode();
    limit.scope().forEach(scope::add);
    details.put("scope", scope);
    details.put("limit", TextNode.valueOf(quota.phrase()));
    details.put("max", DecimalNode.valueOf(quota.max()));
    details.put("used", DecimalNode.valueOf(used));
    details.put("left", DecimalNode.valueOf(left));
    details.put("asked", DecimalNode.valueOf(asked));
    reset.ifPresent(at -> details.put("resets_at", TextNode.valueOf(at.toString())));
    if (!reading.admitted()) {
      details.put("retry_after_ms", LongNode.valueOf(reading.retryAfter().toMillis()));
    }
    return Observation.of(
        limit.counter().map(name -> "counter " + name).orElse("counter"),
        "%s for %s: %s used, %s left%s%s"
            .formatted(
                quota.phrase(),
                limit.scope().isEmpty() ? "all" : String.join(", ", limit.scope()),
                used.toPlainString(),
                left.toPlainString(),
                asked(asked),
                reset.map(at -> "; begins anew at " + at).orElse("")),
        details);
  }

  private String asked(BigDecimal asked) {
    return amount
        .map(known -> "; asked for " + asked.toPlainString() + " by " + known.path().text())
        .orElse("");
  }

  /** When a window of the calendar ends; a rolling one has no such moment. */
  private Optional<Instant> reset() {
    if (!(quota.window() instanceof Calendar calendar)) {
      return Optional.empty();
    }
    ZonedDateTime time = now.atZone(ZoneOffset.UTC);
    ZonedDateTime next =
        switch (calendar) {
          case SECOND -> time.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
          case MINUTE -> time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
          case HOUR -> time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
          case DAY -> time.truncatedTo(ChronoUnit.DAYS).plusDays(1);
          case WEEK ->
              time.truncatedTo(ChronoUnit.DAYS).with(TemporalAdjusters.next(DayOfWeek.MONDAY));
          case MONTH ->
              time.truncatedTo(ChronoUnit.DAYS).with(TemporalAdjusters.firstDayOfNextMonth());
        };
    return Optional.of(next.toInstant());
  }

  /** That there is nothing to see. */
  static Observation counted() {
    return Observation.of("counter", "this call was counted in its first round", Map.of());
  }
}
