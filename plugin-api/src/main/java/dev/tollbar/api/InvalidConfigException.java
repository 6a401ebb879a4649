package dev.tollbar.api;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A config that cannot be used, in the words of the document: which key, what was expected, what
 * was found. Never names a Java type.
 */
public final class InvalidConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * One thing wrong.
   *
   * @param key where, as a JSON Pointer below the rule's or transport's own config, without the
   *     leading slash: {@code "window"}, {@code "conditions/0/op"}; empty for the config itself
   * @param expected what could stand there
   * @param found what stands there, quoted as in the document
   */
  public record Problem(String key, String expected, String found) {}

  @SuppressWarnings("serial") // never sent anywhere
  private final List<Problem> problems;

  /**
   * One problem.
   *
   * @param key as {@link Problem#key}
   * @param expected as {@link Problem#expected}
   * @param found as {@link Problem#found}
   */
  public InvalidConfigException(String key, String expected, String found) {
    this(List.of(new Problem(key, expected, found)));
  }

  /** All problems at once; at least one. */
  public InvalidConfigException(List<Problem> problems) {
    super(
        problems.stream()
            .map(p -> p.key() + ": expected " + p.expected() + "; found " + p.found())
            .collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Everything that is wrong, in the order in which it was found. */
  public List<Problem> problems() {
    return problems;
  }
}
