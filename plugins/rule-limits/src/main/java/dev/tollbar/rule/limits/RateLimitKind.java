package dev.tollbar.rule.limits;

import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.pf4j.Extension;

/** {@code rate_limit}: so many calls of a session in any so many seconds. */
@Extension
public final class RateLimitKind implements RuleKind<RateLimitConfig> {

  @Override
  public String name() {
    return "rate_limit";
  }

  @Override
  public Class<RateLimitConfig> configType() {
    return RateLimitConfig.class;
  }

  @Override
  public Rule create(RateLimitConfig config, RuleContext context) {
    LimitWindow window = LimitWindow.rolling(Duration.ofSeconds(config.window()));
    Max max = config.max();
    return new LimitRule(
        new Quota(window.window(), max.value(), max.text() + " " + window.phrase()),
        Optional.empty(),
        new Scopes(List.of(new Scopes.Scope.Session())),
        Optional.empty(),
        Refund.OF_FAILURES,
        new CounterAccess(context, false));
  }
}
