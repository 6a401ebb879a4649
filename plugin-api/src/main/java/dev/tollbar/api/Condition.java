package dev.tollbar.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;

/**
 * One condition as a document writes it: either {@code path}, {@code op} and {@code value}, or a
 * group of conditions. Config records use it as it is; {@link RuleContext#conditions} compiles it.
 * Immutable.
 *
 * @param path what is looked at: {@code args.amount}
 * @param op how it is compared: {@code gt}
 * @param value what it is compared with
 * @param any a group: holds when at least one of these holds
 * @param all a group: holds when all of these hold
 * @param not a group: holds when this does not
 */
public record Condition(
    @Doc("What is looked at: args.amount, args.items[*].price, args[\"a.b\"], grant.name, …")
        Optional<String> path,
    @Doc("How it is compared: eq, neq, in, not_in, lt, lte, gt, gte, exists, regex, contains, …")
        Optional<String> op,
    @Doc("What it is compared with") Optional<JsonNode> value,
    @Doc("Holds when at least one of these holds") Optional<List<Condition>> any,
    @Doc("Holds when all of these hold") Optional<List<Condition>> all,
    @Doc("Holds when this does not") Optional<Condition> not) {

  /** A comparison. */
  public static Condition of(String path, String op, JsonNode value) {
    return new Condition(
        Optional.of(path),
        Optional.of(op),
        Optional.of(value),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
