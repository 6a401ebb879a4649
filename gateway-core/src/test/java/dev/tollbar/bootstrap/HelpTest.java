package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import picocli.CommandLine;

/** Every command explains itself, and what is below it. */
final class HelpTest {
  private static final Pattern BELOW = Pattern.compile("(?m)^  ([a-z][a-z-]*)(?: .*)?$");

  @TestFactory
  Stream<DynamicTest> explains() {
    List<List<String>> commands = new ArrayList<>();
    collect(Main.program(), List.of(), commands);
    assertThat(commands).hasSizeGreaterThan(40);
    return commands.stream()
        .map(words ->
            DynamicTest.dynamicTest("tollbar " + String.join(" ", words), () -> explains(words)));
  }

  private static void collect(CommandLine command, List<String> words, List<List<String>> into) {
    into.add(words);
    command
        .getSubcommands()
        .forEach((name, below) -> {
          List<String> longer = new ArrayList<>(words);
          longer.add(name);
          collect(below, longer, into);
        });
  }

  private static void explains(List<String> words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine program =
        Main.program(words.isEmpty() ? "" : words.getFirst())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));
    String[] arguments = Stream.concat(words.stream(), Stream.of("--help")).toArray(String[]::new);

    assertThat(Main.run(program, arguments)).isZero();

    String help = out.toString();
    assertThat(err.toString()).isEmpty();
    assertThat(help).contains("-h, --help");
    assertThat(help.replaceAll("\\s+", " "))
        .contains(("tollbar " + String.join(" ", words)).strip());
    assertThat(listed(help)).containsExactlyInAnyOrderElementsOf(below(words));
  }

  private static List<String> listed(String help) {
    int commands = help.indexOf("\nCommands:\n");
    return commands < 0
        ? List.of()
        : BELOW
            .matcher(help.substring(commands))
            .results()
            .map((MatchResult line) -> line.group(1))
            .toList();
  }

  private static List<String> below(List<String> words) {
    CommandLine command = Main.program();
    for (String word : words) {
      command = Objects.requireNonNull(command.getSubcommands().get(word));
    }
    return List.copyOf(command.getSubcommands().keySet());
  }
}
