package dev.tollbar.bootstrap;

import dev.tollbar.policy.Wording;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** What is wrong with an argument of a command, in the words of all other messages. */
final class WrongArgument {
  private static final String LIBRARYS_HEADING = "Error: ";

  private WrongArgument() {}

  /** One line; of a value that is no value of its option, what was expected and what was found. */
  static String text(ParameterException problem) {
    ArgSpec argument = problem.getArgSpec();
    String value = problem.getValue();
    if (argument != null && value != null) {
      Optional<String> expected = expected(argument.auxiliaryTypes()[0], value);
      if (expected.isPresent()) {
        return "%s: expected %s; found %s."
            .formatted(name(argument), expected.get(), Wording.quote(value));
      }
    }
    String message = String.valueOf(problem.getMessage());
    return message.startsWith(LIBRARYS_HEADING)
        ? message.substring(LIBRARYS_HEADING.length())
        : message;
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static Optional<String> expected(Class<?> type, String value) {
    if (type.isEnum()) {
      return Optional.of(
          Wording.or(
              Arrays.stream(type.getEnumConstants())
                  .map(choice -> choice.toString().toLowerCase(Locale.ROOT))
                  .toList()));
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      boolean large = value.matches("[+-]?[0-9]+");
      return Optional.of(large ? "a number of ordinary size" : "a whole number");
    }
    return type == Path.class ? Optional.of("a path") : Optional.empty();
  }
}
