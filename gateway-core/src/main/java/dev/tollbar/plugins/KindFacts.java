package dev.tollbar.plugins;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a kind says of itself, checked. */
record KindFacts<C extends Record>(String name, Class<C> configType) {
  private static final Pattern SNAKE_CASE = Pattern.compile("[a-z][a-z0-9_]*");

  /**
   * Both come from a plugin's code, which can give anything.
   *
   * @throws Refusal if one cannot be used
   */
  static <C extends Record> KindFacts<C> of(
      @Nullable String name, @Nullable Class<C> configType, ConfigCheck configs) throws Refusal {
    if (name == null || name.isBlank()) {
      throw new Refusal("it has no name; expected one in snake_case such as \"rate_limit\"");
    }
    if (!SNAKE_CASE.matcher(name).matches()) {
      throw new Refusal(
          "its name is expected in snake_case such as \"rate_limit\"; found " + Quoted.text(name));
    }
    if (configType == null || !configType.isRecord()) {
      throw new Refusal(
          "the config type of "
              + Quoted.text(name)
              + " is expected to be a record; found "
              + (configType == null ? "none" : Quoted.text(configType.getName())));
    }
    // Also resolves the classes that the components name: missing ones are found out here.
    Optional<String> problem = configs.problem(configType);
    if (problem.isPresent()) {
      throw new Refusal(problem.get());
    }
    return new KindFacts<>(name, configType);
  }
}
