package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What is said of arguments that a command cannot take. */
class WrongArgumentTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String command) {
    CommandLine program = Main.program();
    program.setOut(new PrintWriter(out, true));
    program.setErr(new PrintWriter(err, true));
    return Main.run(program, command.split(" "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          check --format xml a.yaml | --format: expected human, json or sarif; found "xml".
          diff --format xml | --format: expected human or json; found "xml".
          replay --document a.yaml --format xml | --format: expected human or json; found "xml".
          convert --from v2 a.yaml | --from: expected v1 or intercept; found "v2".
          history --limit many | --limit: expected a whole number; found "many".
          history --limit 99999999999 | --limit: expected a number of ordinary size; found "99999999999".
          history --limit 0 | --limit: expected a number above 0; found 0
          serve --port 7.4 | --port: expected a whole number; found "7.4".
          check | Missing required parameter: 'FILE'
          check --strickt a.yaml | Unknown option: '--strickt'
          show --files --to d | --files, --to=DIR are mutually exclusive (specify only one)
          schema --tests --version 1 | `--version=1|2, --tests are mutually exclusive (specify only one)`
          explain --document a.yaml --tool t --prompt p | --tool=NAME, --prompt=NAME are mutually exclusive (specify only one)
          """)
  void isOneLineInTheWordsOfAllOthers(String command, String message) {
    assertThat(run(command)).isEqualTo(2);

    assertThat(out).hasToString("");
    assertThat(err)
        .hasToString(
            "tollbar: "
                + message
                + "\nSee: tollbar "
                + command.substring(0, (command + " ").indexOf(' '))
                + " --help\n");
  }
}
