package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptLoadTest {
  private static Scripts scripts;

  @BeforeAll
  static void startEngine() {
    scripts = new Scripts();
  }

  @AfterAll
  static void stopEngine() {
    scripts.close();
  }

  private static void refuses(String text, String found) {
    assertThatThrownBy(() -> scripts.file("rules/refund.js", text))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("file: expected a JavaScript module with a default export; found " + found);
  }

  @Test
  void namesThePlaceOfASyntaxError() {
    refuses(
        "// A comment.\nexport default (call) => {\n  return call.args.amount 100\n}\n",
        "a syntax error at refund.js:3:27: Expected ; but found 100 in \"return call.args.amount"
            + " 100\"");
    refuses(
        "export default (call) => { return (1 }",
        "a syntax error at refund.js:1:38: Expected ) but found } in \"export default (call) =>"
            + " { return (1 }\"");
    refuses(
        "export default",
        "a syntax error at refund.js:1:15: Expected an operand but found eof in \"export default\"");
  }

  @Test
  void refusesBigIntegersForTheyCanComputeForMinutes() {
    refuses(
        "export default () => 3n ** 30000000n > 1",
        "a syntax error at refund.js:1:23: Missing space after numeric literal in \"export default () =>"
            + " 3n ** 30000000n > 1\"");
  }

  @Test
  void refusesAModuleWithoutADefaultExport() {
    refuses("const limit = 5;", "no default export in refund.js");
    refuses("", "no default export in refund.js");
    refuses("// export default () => true", "no default export in refund.js");
  }

  @Test
  void refusesADefaultExportThatIsNoFunction() {
    refuses("export default 5", "a default export that is no function: number");
    refuses("export default { a: 1 }", "a default export that is no function: object");
    refuses(
        "export default async () => true", "a default export that is no function: AsyncFunction");
    refuses(
        "export default function* () {}",
        "a default export that is no function: GeneratorFunction");
  }

  @Test
  void refusesAScriptThatFailsWhileItIsLoaded() {
    refuses(
        "const a = b.c;\nexport default () => a",
        "an error at refund.js:1:11: ReferenceError: b is not defined in \"const a = b.c;\"");
  }

  @Test
  void refusesAScriptThatDoesNotEndToLoad() {
    refuses(
        "while (true) {}\nexport default () => true",
        "refund.js, which ran too long while it was loaded");
  }

  @Test
  void inlineSourceIsNamedByItsKey() {
    assertThatThrownBy(() -> scripts.inline("export default ("))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            "source: expected a JavaScript module with a default export; found a syntax error at"
                + " source:1:17: Expected an operand but found eof in \"export default (\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "export default function (call) { return 'yes' }",
        "export default function check(call) { return again() }\n"
            + "const again = () => check.name === 'check' && 'yes';",
        "export  default\n(call) => answer();\nfunction answer() { return 'yes' }",
        "export default (call) => ANSWER;\nconst ANSWER = 'yes';",
        "const text = 'export default 1'; // export default 2\n/* export default 3 */\n"
            + "export default () => text.length === 16 && 'yes' // export default 4",
        "const $rule = 'yes'; const $rule$ = $rule; export default () => $rule$",
        "const quote = /[\"'`{]/; export default (call) => quote.test('{') && `${'yes'}`",
        "const yes = () => 'yes'; export default yes",
        "const yes = () => 'yes'; export { yes as default }",
        "export const ANSWER = 'yes'; export default () => ANSWER",
      })
  void takesEveryWayToWriteADefaultExport(String text) throws InterruptedException {
    try (Rule rule = scripts.file("rules/refund.js", text)) {
      assertThat(rule.evaluate(TestCall.of("{}"))).isEqualTo(Verdict.deny("yes"));
    }
  }

  @Test
  void aConfigNamesFileOrSourceAndStaysInItsBounds() {
    assertThatThrownBy(() ->
            new ScriptConfig(
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(10),
                ByteSize.ofMegabytes(512),
                Isolation.THREAD))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(
            """
            : expected either file or source; found neither of them
            timeout: expected a duration from 1ms to 5s; found "10s"
            memory: expected a size from 1MB to 256MB; found "512MB\"\
            """);
    assertThatThrownBy(() ->
            new ScriptConfig(
                Optional.of("a.js"),
                Optional.of("export default () => true"),
                Scripts.USUAL_TIME,
                Scripts.USUAL_MEMORY,
                Isolation.THREAD))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage(": expected either file or source; found both");
  }

  @Test
  void readsSizes() {
    assertThat(ByteSize.of(TextNode.valueOf("16MB")).bytes()).isEqualTo(16L * 1024 * 1024);
    assertThat(ByteSize.of(TextNode.valueOf("512KB"))).hasToString("512KB");
    assertThatThrownBy(() -> ByteSize.of(TextNode.valueOf("16 mb")))
        .hasMessage(": expected a size such as \"16MB\"; found \"16 mb\"");
    assertThatThrownBy(() -> ByteSize.of(IntNode.valueOf(16)))
        .hasMessage(": expected a size such as \"16MB\"; found 16");
  }
}
