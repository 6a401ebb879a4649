package dev.tollbar.rule.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptCommandTest {
  private static final Path EXAMPLES = Path.of("../../scripts-examples/scripts");
  private static final String MEMBERS =
      "annotations, args, category, grant, labels, limits, method, protocolRevision, server, session,"
          + " time, tool";

  private static ScriptEngine engine;

  @TempDir private Path folder;

  @BeforeAll
  static void startEngine() {
    engine = new ScriptEngine();
  }

  @AfterAll
  static void stopEngine() {
    engine.close();
  }

  /** The exit code, then what was written, with the folder as DIR. */
  private String run(String... arguments) throws InterruptedException {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new ScriptCommand(new ScriptKind(() -> engine))
            .run(List.of(arguments), new PrintWriter(out, true), new PrintWriter(err, true));
    return (code + "\n" + out + err).replace(folder.toString(), "DIR").replace("\r\n", "\n");
  }

  private String file(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text).toString();
  }

  @Test
  void runsTheExampleOfTheDocumentation() throws InterruptedException {
    assertThat(
            run(
                "run",
                EXAMPLES.resolve("refund-ceiling.js").toString(),
                "--call",
                EXAMPLES.resolve("call.json").toString()))
        .isEqualTo(
            """
            0
            ask: Refund of 150: late
              args.amount is 150
              args.reason is "late"
            """);
  }

  @Test
  void testsTheExamples() throws InterruptedException {
    assertThat(run("test", EXAMPLES.toString()).lines())
        .startsWith("0")
        .hasSizeGreaterThanOrEqualTo(11)
        .allMatch(line -> line.equals("0") || line.endsWith(" cases, all as expected"));
  }

  @Test
  void saysWhatAScriptThatFailsReadAndSaid() throws IOException, InterruptedException {
    String script =
        file(
            "pay.js", "export default ({ args }) => {\n  console.log('hm');\n  return args.a.b\n}");
    assertThat(run("run", script, "--call", file("call.json", "{}")))
        .isEqualTo(
            """
            1
            no verdict, which denies: The script of this rule failed.
              args.a is not there
              console says hm
              script gave no verdict: pay.js:3:10: TypeError: Cannot read property 'b' of undefined in "return args.a.b"
            """);
  }

  @Test
  void namesEveryCaseThatComesOutOtherwise() throws IOException, InterruptedException {
    String script = file("pay.js", "export default ({ args }) => args.n < 5 || `No ${args.n}.`;");
    file(
        "pay.cases.json",
        """
        [
          {"call": {"args": {"n": 1}}, "expect": "permit"},
          {"call": {"args": {"n": 1}}, "expect": "deny"},
          {"call": {"args": {"n": 5}}, "expect": "deny", "reason": "No 6."},
          {"call": {"args": {"n": 5}}, "expect": "deny", "reason": "No 5."}
        ]
        """);
    assertThat(run("test", script))
        .isEqualTo(
            """
            1
            DIR/pay.js: 4 cases, 2 wrong
              case 2: expected deny; found permit
                args.n is 1
              case 3: expected deny: No 6.; found deny: No 5.
                args.n is 5
            """);
  }

  @Test
  void aScriptWithoutAVerdictIsNoDenialThatWasExpected() throws IOException, InterruptedException {
    String script = file("pay.js", "export default () => 5");
    file("pay.cases.json", "[{\"expect\": \"deny\"}]");
    assertThat(run("test", script))
        .isEqualTo(
            """
            1
            DIR/pay.js: 1 case, 1 wrong
              case 1: expected deny; found no verdict, which denies: The script of this rule returned nothing usable.
                script gave no verdict: it returned a number
            """);
  }

  @Test
  void importsStayInTheFolder() throws IOException, InterruptedException {
    file("lib/money.js", "export const high = 100;");
    String script =
        file(
            "rules/pay.js",
            "import { high } from '../lib/money.js'; export default () => `${high}`");
    String call = file("call.json", "{}");
    assertThat(run("run", script, "--call", call, "--folder", folder.toString()))
        .isEqualTo("0\ndeny: 100\n");
    assertThat(run("run", script, "--call", call))
        .isEqualTo(
            "2\nDIR/rules/pay.js: expected a file in the folder DIR/rules; found"
                + " \"../lib/money.js\", which lies outside\n");
  }

  @Test
  void everythingThatIsWrongWithACallIsSaidAtOnce() throws IOException, InterruptedException {
    String script = file("pay.js", "export default () => true");
    String call =
        file(
            "call.json",
            """
            {"tool": 5, "arguments": {}, "args": [], "labels": {"team": 1}, "category": "wild",
             "time": "noon", "limits": [{"max": 5}]}
            """);
    assertThat(run("run", script, "--call", call))
        .isEqualTo(
            """
            2
            DIR/call.json: /tool: expected a string; found 5
            DIR/call.json: a call has no "arguments"; expected MEMBERS
            DIR/call.json: /args: expected an object; found []
            DIR/call.json: /labels: expected an object of strings; found {"team":1}
            DIR/call.json: /category: expected "read", "write" or "destructive"; found "wild"
            DIR/call.json: /time: expected a time such as "2026-11-23T10:00:00Z"; found "noon"
            DIR/call.json: /limits: expected a list of limits such as {"rule": "daily", "limit": "60 per day", "max": 60, "left": 3}; found [{"max":5}]
            """
                .replace("MEMBERS", MEMBERS));
    assertThat(run("run", script, "--call", file("call.json", "[]")))
        .isEqualTo(
            "2\nDIR/call.json: expected a call such as {\"tool\": \"pay\", \"args\": {\"amount\":"
                + " 5}}; found []\n");
    assertThat(run("run", script, "--call", file("call.json", "{\"tool\": }")))
        .isEqualTo(
            "2\nDIR/call.json:1:10: expected JSON; found Unexpected character ('}' (code 125)):"
                + " expected a valid value (JSON String, Number, Array, Object or token 'null',"
                + " 'true' or 'false')\n");
    assertThat(run("run", script, "--call", folder.resolve("none.json").toString()))
        .isEqualTo("2\nDIR/none.json: expected a file in UTF-8 that can be read; found none\n");
  }

  @Test
  void everythingThatIsWrongWithCasesIsSaidAtOnce() throws IOException, InterruptedException {
    String script = file("pay.js", "export default () => true");
    file(
        "pay.cases.json",
        """
        [{"call": {"args": 5}, "expect": "allow"}, {"expects": "deny"}, {"expect": "deny", "reason": 1}]
        """);
    assertThat(run("test", script))
        .isEqualTo(
            """
            2
            DIR/pay.cases.json: /0/expect: expected "permit", "deny" or "ask"; found "allow"
            DIR/pay.cases.json: /0/call/args: expected an object; found 5
            DIR/pay.cases.json: /1: expected call, expect and reason; found "expects"
            DIR/pay.cases.json: /1/expect: expected "permit", "deny" or "ask"; found nothing
            DIR/pay.cases.json: /2/reason: expected a string; found 1
            """);
    file("pay.cases.json", "[]");
    assertThat(run("test", script))
        .isEqualTo(
            "2\nDIR/pay.cases.json: expected a list of cases such as {\"call\": {\"args\": {}},"
                + " \"expect\": \"deny\"}; found []\n");
  }

  @Test
  void aScriptThatCannotBeUsedNamesTheLine() throws IOException, InterruptedException {
    String script = file("pay.js", "export default (call) => {\n  retrun true\n}");
    String call = file("call.json", "{}");
    assertThat(run("run", script, "--call", call))
        .isEqualTo(
            "2\nDIR/pay.js: expected a JavaScript module with a default export; found a syntax"
                + " error at pay.js:2:10: Expected ; but found true in \"retrun true\"\n");
    assertThat(run("run", folder.resolve("none.js").toString(), "--call", call))
        .isEqualTo(
            "2\nDIR/none.js: expected a file in the folder DIR in UTF-8; found \"none.js\", which"
                + " cannot be read\n");
  }

  @Test
  void saysHowItIsUsed() throws InterruptedException {
    assertThat(run())
        .isEqualTo(
            """
            2
            Usage: tollbar script run FILE --call CALL.json [--folder DIR]
                   tollbar script test FILE|DIR… [--folder DIR]
            run   says what a script answers to one call, and what it read of it.
            test  runs the cases beside scripts: those of pay.js are in pay.cases.json.
            --folder DIR  The folder of the document, which imports may not leave. Default: the script's own.
            """);
    assertThat(run("rum")).isEqualTo(misuse("expected run or test; found \"rum\""));
    assertThat(run("run")).isEqualTo(misuse("run takes one script; found 0"));
    assertThat(run("run", "a.js")).isEqualTo(misuse("run needs --call CALL.json"));
    assertThat(run("run", "a.js", "--call")).isEqualTo(misuse("--call names nothing"));
    assertThat(run("run", "a.js", "--cal", "b")).isEqualTo(misuse("there is no option \"--cal\""));
    assertThat(run("test", folder.toString()))
        .isEqualTo(
            misuse("test needs a script with cases beside it, such as pay.js and pay.cases.json"));
    assertThat(run("test", "a.js", "--call", "b"))
        .isEqualTo(misuse("test takes no --call: calls are in the cases beside scripts"));
  }

  private static String misuse(String what) {
    return "2\ntollbar script: " + what + "\nSee: tollbar script\n";
  }
}
