package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Scripts of more than one file. */
class ModulesTest {
  private static Scripts scripts;

  @BeforeAll
  static void startEngine() {
    scripts = new Scripts();
  }

  @AfterAll
  static void stopEngine() {
    scripts.close();
  }

  private static final String MONEY =
      """
      // import nothing from 'nowhere'; export default 1
      export const CEILING = 100;
      export function high(amount) { return amount > CEILING; }
      export class Sum { constructor() { this.total = 7; } }
      const hidden = 5;
      export { hidden as five };
      export default (text) => `${text}!`;
      """;

  private static Rule rule(String predicate, String... others) {
    Map<String, String> files = new HashMap<>();
    files.put("rules/refund.js", predicate);
    files.put("rules/money.js", MONEY);
    for (int i = 0; i < others.length; i += 2) {
      files.put(others[i], others[i + 1]);
    }
    return scripts.files("rules/refund.js", files);
  }

  private static String says(String predicate, String... others) throws InterruptedException {
    try (Rule rule = rule(predicate, others)) {
      return rule.evaluate(TestCall.of("{}")) instanceof Verdict.Deny denial
          ? denial.reason()
          : "(permitted)";
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "import say, { high, five as cinq, Sum } from './money.js';\n"
            + "export default () => say(`${high(101)} ${cinq} ${new Sum().total}`)",
        "import * as money from \"./money.js\"\n"
            + "export default () => money.default(`${money.high(101)} ${money.five} 7`)",
        "export default () => say([high(101), five, 7].join(' '))\n"
            + "import {\n  high, // one\n  five, /* two */\n} from '../rules/money.js'; import say from './money.js'",
        "import{high}from'./money.js';import'./money.js';export default()=>`${high(101)} 5 7!`",
      })
  void takesEveryWayToWriteAnImport(String predicate) throws InterruptedException {
    assertThat(says(predicate)).isEqualTo("true 5 7!");
  }

  @Test
  void modulesImportModulesAndPassThemOn() throws InterruptedException {
    assertThat(
            says(
                "import { roof, five } from '../lib/all.js'; export default () => `${roof} ${five}`",
                "lib/all.js",
                "export { CEILING as roof, five } from './deep/more.js';",
                "lib/deep/more.js",
                "import { CEILING } from '../../rules/money.js';\n"
                    + "export { five } from '../../rules/money.js'; export { CEILING }"))
        .isEqualTo("100 5");
  }

  @Test
  void whatAModuleDeclaresBeginsAnewWithEveryCall() throws InterruptedException {
    try (Rule rule =
        rule(
            "import { next } from './count.js'; export default () => `${next()} ${next()}`",
            "rules/count.js",
            "let count = 0; export const next = () => ++count;")) {
      for (int i = 0; i < 4; i++) {
        assertThat(rule.evaluate(TestCall.of("{}"))).isEqualTo(Verdict.deny("1 2"));
      }
    }
  }

  @Test
  void whatAModuleExportsCannotBeChanged() throws InterruptedException {
    assertThat(
            says(
                """
                import * as money from './money.js';
                export default () => {
                  try { money.CEILING = 1000 } catch (error) { return error.name }
                  return "changed";
                }
                """))
        .isEqualTo("TypeError");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          import a from 'lodash'            | an import of "lodash" at refund.js:1:1; imports name files, beginning with "./" or "../"
          import a from '/etc/passwd'       | an import of "/etc/passwd" at refund.js:1:1; imports name files, beginning with "./" or "../"
          import { low } from './money.js'  | an import of "low" at refund.js:1:1, which rules/money.js does not have
          import d from './none.js'         | an import of a default export at refund.js:1:1, which rules/none.js does not have
          import './refund.js'              | an import in a circle at refund.js:1:1: refund.js imports rules/refund.js
          import './ring.js'                | an import in a circle at rules/ring2.js:1:1: refund.js imports rules/ring.js imports rules/ring2.js imports rules/ring.js
          import './broken.js'              | a syntax error at rules/broken.js:2:1: Expected an operand but found ) in ")"
          export * from './money.js'        | an import or export of an unknown form at refund.js:1:1 in "export * from './money.js'"
          export const { a } = { a: 1 }     | an import or export of an unknown form at refund.js:1:1 in "export const { a } = { a: 1 }"
          export let a = 1                  | an import or export of an unknown form at refund.js:1:1 in "export let a = 1"
          const a = await 1                 | a syntax error at refund.js:1:11: await is only valid in async functions and the top level bodies of modules in "const a = await 1"
          """)
  void saysWhatIsWrongWithAnImport(String statement, String found) {
    assertThatThrownBy(() ->
            rule(
                statement + "\nexport default () => true",
                "rules/none.js",
                "export const one = 1",
                "rules/ring.js",
                "import './ring2.js'",
                "rules/ring2.js",
                "import './ring.js'",
                "rules/broken.js",
                "const a =\n)"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("file: expected a JavaScript module with a default export; found " + found);
  }

  @Test
  void aMissingFileIsTheDocumentsToReport() {
    assertThatThrownBy(() -> rule("import '../../secret.js'; export default () => true"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("file: expected a file of the document's folder; found ../secret.js");
  }

  @Test
  void inlineSourceImportsFromTheFolderOfTheDocument() throws InterruptedException {
    try (Rule rule =
        scripts.inlineWith(
            "import say from './rules/money.js'; export default () => say('yes')",
            Map.of("rules/money.js", MONEY))) {
      assertThat(rule.evaluate(TestCall.of("{}"))).isEqualTo(Verdict.deny("yes!"));
    }
  }

  @Test
  void anErrorInAnImportedFileNamesThatFile() throws InterruptedException {
    TestContext context =
        new TestContext(
            Map.of(
                "a.js",
                "import { check } from './lib/b.js';\nexport default (call) => check(call);",
                "lib/b.js",
                "export const check = (call) => {\n  return call.args.a.b;\n};"));
    try (Rule rule = scripts.file("a.js", context)) {
      assertThat(rule.evaluate(TestCall.of("{}")))
          .isEqualTo(Scripts.failed("The script of this rule failed."));
    }
    assertThat(context.log())
        .containsExactly(
            "support /tools/create_refund/script: script gave no verdict: lib/b.js:2:10: TypeError:"
                + " Cannot read property 'b' of undefined in \"return call.args.a.b;\"");
  }

  @Test
  void theConsoleIsForTheDecisionRecord() throws InterruptedException {
    TestCall call = TestCall.withArguments("{\"amount\": 5, \"list\": [1]}");
    try (Rule rule =
        scripts.inline(
            """
            export default ({ args }) => {
              console.log("amount", args.amount, args, new Error("x"), undefined, null, () => 1);
              console.warn("two\\nlines");
              console.error("y".repeat(1000));
              return true;
            };
            """)) {
      assertThat(rule.evaluate(call)).isEqualTo(Verdict.permit());
    }
    String place = "/tools/create_refund/script: ";
    assertThat(call.lines())
        .containsExactly(
            place + "amount 5 {\"amount\":5,\"list\":[1]} Error: x undefined null () => 1",
            place + "two\\nlines",
            place + "y".repeat(200) + "…");
  }

  @Test
  void theConsoleIsBoundedAndBelongsToOneCall() throws InterruptedException {
    try (Rule rule =
        scripts.inline(
            """
            export default ({ args }) => {
              for (let i = 0; i < args.times; i++) console.log(i);
              const ring = {};
              ring.ring = ring;
              console.log(ring);
              throw new Error();
            };
            """)) {
      TestCall many = TestCall.withArguments("{\"times\": 1000}");
      rule.evaluate(many);
      assertThat(many.lines())
          .hasSize(Console.MOST_LINES + 1)
          .last()
          .isEqualTo("/tools/create_refund/script: (more lines are left out)");
      TestCall none = TestCall.withArguments("{\"times\": 0}");
      rule.evaluate(none);
      assertThat(none.lines()).containsExactly("/tools/create_refund/script: (cannot be shown)");
    }
  }
}
