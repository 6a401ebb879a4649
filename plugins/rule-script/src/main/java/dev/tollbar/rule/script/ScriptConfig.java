package dev.tollbar.rule.script;

import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

@Doc("A JavaScript predicate that permits a call, denies it or has a person asked")
public record ScriptConfig(
    @Doc("The script, as a file of the document's folder; either this or source")
        Optional<String> file,
    @Doc("The script itself; either this or file") Optional<String> source,
    @Doc(
            "How much processor time one call of the script may use, from 1ms to 5s; four times as much by the clock")
        @Default("\"100ms\"")
        Duration timeout,
    @Doc("How much one call of the script may allocate, from 1MB to 256MB") @Default("\"16MB\"")
        ByteSize memory,
    @Doc(
            "What keeps the script apart: a thread, for scripts that may be wrong, or a process, for scripts whose authors are not trusted")
        @Default("\"thread\"")
        Isolation isolation) {

  private static final Duration SHORTEST = Duration.ofMillis(1);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final ByteSize SMALLEST = ByteSize.ofMegabytes(1);
  private static final ByteSize LARGEST = ByteSize.ofMegabytes(256);

  /** A file with the limits that documents need not write. */
  static ScriptConfig usual(String file) {
    return new ScriptConfig(
        Optional.of(file),
        Optional.empty(),
        Duration.ofMillis(100),
        ByteSize.ofMegabytes(16),
        Isolation.THREAD);
  }

  public ScriptConfig {
    List<Problem> problems = new ArrayList<>();
    if (file.isPresent() == source.isPresent()) {
      problems.add(
          new Problem("", "either file or source", file.isPresent() ? "both" : "neither of them"));
    }
    if (timeout.compareTo(SHORTEST) < 0 || timeout.compareTo(LONGEST) > 0) {
      problems.add(
          new Problem(
              "timeout", "a duration from 1ms to 5s", Text.quoted(Durations.format(timeout))));
    }
    if (memory.bytes() < SMALLEST.bytes() || memory.bytes() > LARGEST.bytes()) {
      problems.add(
          new Problem("memory", "a size from 1MB to 256MB", Text.quoted(memory.toString())));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }
}
