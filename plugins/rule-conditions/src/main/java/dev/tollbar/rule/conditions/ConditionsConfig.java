package dev.tollbar.rule.conditions;

import dev.tollbar.api.Condition;
import dev.tollbar.api.Doc;
import java.util.List;

/** The config of {@code require} and {@code deny_if}. */
@Doc("Conditions on one call, all of which must hold together.")
public record ConditionsConfig(
    @Doc("Conditions that are joined by and; an empty list always holds")
        List<Condition> conditions) {

  public ConditionsConfig {
    conditions = List.copyOf(conditions);
  }
}
