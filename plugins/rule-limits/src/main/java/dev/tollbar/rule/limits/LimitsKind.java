package dev.tollbar.rule.limits;

import dev.tollbar.api.Counters.Window;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import java.math.BigDecimal;
import org.pf4j.Extension;

/** {@code limits}: a quota by window, scope and amount. */
@Extension
public final class LimitsKind implements RuleKind<LimitsConfig> {

  @Override
  public String name() {
    return "limits";
  }

  @Override
  public Class<LimitsConfig> configType() {
    return LimitsConfig.class;
  }

  @Override
  public Rule create(LimitsConfig config, RuleContext context) {
    if (config.fail() == OnFailure.OPEN) {
      context
          .logger()
          .warn(
              "{} of policy {} has fail: open; calls pass unmetered while counters are down",
              context.pointer(),
              context.policy());
    }
    return new LimitRule(
        config.concurrency().map(LimitsKind::concurrency).orElseGet(() -> windowed(config)),
        config.counter(),
        config.scope(),
        config.amount().flatMap(ArgumentPath::parse).map(Amount::new),
        Refund.of(config.refundOn(), context),
        new CounterAccess(context, config.fail() == OnFailure.OPEN));
  }

  private static Quota windowed(LimitsConfig config) {
    Max max = config.max().orElseThrow();
    LimitWindow window = config.window().orElseThrow();
    return new Quota(window.window(), max.value(), max.text() + " " + window.phrase());
  }

  private static Quota concurrency(long calls) {
    return new Quota(new Window.InFlight(), BigDecimal.valueOf(calls), calls + " at once");
  }
}
