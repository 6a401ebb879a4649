package dev.tollbar.transport.stdio;

import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.api.Secret;
import dev.tollbar.transport.common.Quoted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The entry {@code stdio} of a document. */
@Doc("An MCP server that the gateway runs as a child process, one for each client session.")
public record StdioConfig(
    @Doc("The program: a name on the path, or a path that may be relative to the document.")
        String command,
    @Doc("Its arguments, passed as they are: no shell looks at them.") @Default("[]")
        List<String> args,
    @Doc(
            "Environment variables. Of the gateway's own the program gets only PATH, HOME, LANG,"
                + " LC_ALL, TMPDIR, USER, SHELL and TERM.")
        @Default("{}")
        Map<String, Secret> env,
    @Doc("The folder it runs in, relative to the document. Left out: the document's folder.")
        Optional<String> cwd,
    @Doc("How many processes may run at once.") @Default("32") int maxProcesses,
    @Doc("How long a session may be unused before its process is ended.") @Default("\"10m\"")
        Duration idleTimeout,
    @Doc("How many bytes one message of the server may have.") @Default("16777216")
        int maxLineBytes,
    @Doc("How long the program may take to end by itself, and again after it was told to.")
        @Default("\"2s\"")
        Duration stopTimeout) {

  public StdioConfig {
    args = List.copyOf(args);
    env = Map.copyOf(env);
    List<Problem> problems = new ArrayList<>();
    if (command.isBlank() || hasNul(command)) {
      problems.add(new Problem("command", "a program on this machine", Quoted.text(command)));
    }
    for (int i = 0; i < args.size(); i++) {
      if (hasNul(args.get(i))) {
        problems.add(new Problem("args/" + i, "text without NUL", Quoted.text(args.get(i))));
      }
    }
    for (Map.Entry<String, Secret> variable : new TreeMap<>(env).entrySet()) {
      String name = variable.getKey();
      if (name.isEmpty() || name.contains("=") || hasNul(name)) {
        problems.add(
            new Problem(
                "env", "names of environment variables such as \"API_KEY\"", Quoted.text(name)));
      } else if (hasNul(variable.getValue().reveal())) {
        problems.add(new Problem("env/" + name, "text without NUL", "a value with one"));
      }
    }
    checkRange(problems, "max_processes", maxProcesses, 1, 10_000);
    checkDuration(problems, "idle_timeout", idleTimeout, Duration.ofDays(365), "365d");
    checkRange(problems, "max_line_bytes", maxLineBytes, 1_024, 1 << 30);
    checkDuration(problems, "stop_timeout", stopTimeout, Duration.ofSeconds(60), "60s");
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }

  private static boolean hasNul(String text) {
    return text.indexOf('\0') >= 0;
  }

  private static void checkDuration(
      List<Problem> problems, String key, Duration value, Duration most, String mostText) {
    if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(most) > 0) {
      problems.add(
          new Problem(
              key, "a duration from \"1ms\" to \"" + mostText + "\"", value.toMillis() + " ms"));
    }
  }

  private static void checkRange(
      List<Problem> problems, String key, long value, long least, long most) {
    if (value < least || value > most) {
      problems.add(
          new Problem(key, "a whole number from " + least + " to " + most, Long.toString(value)));
    }
  }
}
