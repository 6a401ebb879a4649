package dev.tollbar.rule.deny;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Counters;
import dev.tollbar.api.Default;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Reservation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.Tool;
import dev.tollbar.api.Verdict;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class DenyKindTest {

  @Test
  void deniesEveryCallWithTheReason() throws InterruptedException {
    Rule rule = new DenyKind().create(new DenyConfig("Ask a human."), new NoContext());

    assertThat(rule.evaluate(new AnyCall())).isEqualTo(Verdict.deny("Ask a human."));
  }

  @Test
  void takesNothingAndReadsNoResult() throws InterruptedException {
    Rule rule = new DenyKind().create(new DenyConfig("Ask a human."), new NoContext());

    assertThat(rule.reserve(new AnyCall())).isSameAs(Reservation.NOTHING);
    assertThat(rule.readsResults()).isFalse();
  }

  @Test
  void isNamedDeny() {
    assertThat(new DenyKind().name()).isEqualTo("deny");
    assertThat(new DenyKind().configType()).isEqualTo(DenyConfig.class);
  }

  @Test
  void hasAPlainReasonByDefault() {
    Default reason = DenyConfig.class.getRecordComponents()[0].getAnnotation(Default.class);

    assertThat(reason.value()).isEqualTo("\"This tool is not permitted.\"");
  }

  @Test
  void refusesAnEmptyReason() {
    assertThatThrownBy(() -> new DenyConfig(" "))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("reason: expected a text for the agent; found an empty text");
  }

  /** A context that must not be needed. */
  private static final class NoContext implements RuleContext {
    @Override
    public String policy() {
      throw new AssertionError("not needed");
    }

    @Override
    public String pointer() {
      throw new AssertionError("not needed");
    }

    @Override
    public InstantSource clock() {
      throw new AssertionError("not needed");
    }

    @Override
    public Counters counters() {
      throw new AssertionError("not needed");
    }

    @Override
    public Conditions conditions(
        String key, List<Condition> conditions, Conditions.Quantifier over) {
      throw new AssertionError("not needed");
    }

    @Override
    public String file(String key, String path) {
      throw new AssertionError("not needed");
    }

    @Override
    public Logger logger() {
      return LoggerFactory.getLogger("deny");
    }
  }

  private static final class AnyCall implements Call {
    @Override
    public String grant() {
      return "laptop";
    }

    @Override
    public Map<String, String> labels() {
      return Map.of();
    }

    @Override
    public String server() {
      return "tickets";
    }

    @Override
    public String policy() {
      return "tickets";
    }

    @Override
    public Optional<String> session() {
      return Optional.empty();
    }

    @Override
    public String protocolRevision() {
      return "2025-11-25";
    }

    @Override
    public String method() {
      return "tools/call";
    }

    @Override
    public Tool tool() {
      return Tool.named("drop_table");
    }

    @Override
    public ObjectNode arguments() {
      return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public Instant time() {
      return Instant.EPOCH;
    }
  }
}
