package dev.tollbar.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.document.DocumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a scenario, and what is not as it says: the whole messages. */
final class ScenarioTest {
  @TempDir private Path folder;

  @Test
  void readsAScenarioThatIsRight() throws Exception {
    Path file =
        write(
            """
            given: { policy: p.json, clock: "2026-11-23T10:00:00Z" }
            calls:
              - { tool: t, expect: { decision: permit, forwarded: true } }
            """);
    assertThat(Scenario.read(file).path()).isEqualTo(file);
  }

  @Test
  void namesEverythingThatIsWrong() {
    refuses(
        """
        given: { policy: p.json, clock: noon, grnt: support }
        calls:
          - { tool: t, expect: { decision: permitted, forwarded: true } }
          - { tool: t, arguments: [], expect: { decision: permit, forwarded: true } }
          - { tool: t, repeat: 0, expect: { decision: permit, forwarded: true } }
          - { tool: t, reply: { result: {}, fails: timeout }, expect: { decision: permit, forwarded: true } }
          - { tool: t, expect: { decision: permit, forwarded: true, tools: [t] } }
          - { tool: t }
          - { tool: t, list: tools }
          - { person: approve, expect: { decision: permit, forwarded: true } }
          - { policy: p.json, grant: support }
          - { at: "2026-11-23T10:00:00Z" }
        """,
        """
        12 problems
          1. 1:33 /given/clock: expected a time such as "2026-11-23T10:00:00Z"; found "noon"
          2. 1:39 /given/grnt: unknown key "grnt"; expected policy, document, server, grant, clock, plugins, tools, page or replies. Did you mean "grant"?
          3. 3:36 /calls/0/expect/decision: expected permit, deny, pending or refused; found "permitted". Did you mean "permit"?
          4. 4:27 /calls/1/arguments: expected an object; found a list
          5. 5:24 /calls/2/repeat: expected at least 1; found 0
          6. 6:23 /calls/3/reply: expected one of result, error and fails; found result and fails
          7. 7:68 /calls/4/expect/tools: expected no tools but beside list; found some
          8. 8:5 /calls/5/expect: expected an object; found nothing
          9. 9:5 /calls/6: expected one of tool, list, body, person, policy and document; found tool and list
          10. 10:32 /calls/7/expect: expected no expect beside person; found one
          11. 11:30 /calls/8/grant: expected no grant beside policy; found one
          12. 12:5 /calls/9: expected one of tool, list, body, person, policy and document; found none
        """);
  }

  @Test
  void wantsOneDocument() {
    refuses(
        """
        given: { clock: "2026-11-23T10:00:00Z", page: 2, tools: [t] }
        """,
        """
        3 problems
          1. 1:8 /given: expected policy or document, one of the two; found neither
          2. 1:47 /given/page: expected an object; found 2
          3. 1:58 /given/tools/0: expected an object with a name; found "t"
        """);
  }

  @Test
  void wantsCallsOrARefusal() {
    refuses(
        """
        given: { policy: p.json, clock: "2026-11-23T10:00:00Z" }
        """,
        """
        1 problem
          1. 1:1: expected calls or refused, one of the two; found neither
        """);
  }

  @Test
  void saysThatThereIsNoFile() {
    assertThatThrownBy(() -> Scenario.read(folder.resolve("none.scenario.yaml")))
        .isInstanceOf(DocumentException.class)
        .hasMessage(
            folder.resolve("none.scenario.yaml") + ": 1 problem\n  1. expected a file that exists");
  }

  @Test
  void namesEveryCallThatIsNotAsItSays() throws IOException {
    Files.writeString(
        folder.resolve("p.json"),
        """
        {"version": "1", "default": "deny", "tools": {"t": {}, "p": {"action": "require_approval"}}}
        """);
    fails(
        """
        given: { policy: p.json, clock: "2026-11-23T10:00:00Z" }
        calls:
          - person: approve
          - tool: t
            repeat: 2
            expect: { decision: deny, code: rule, rule: /tools/t, text: No., forwarded: false, http: 400, error: -1, revision: 2 }
          - list: tools
            expect: { decision: permit, forwarded: true, tools: [t] }
          - tool: p
            at: "2026-11-23T09:00:00Z"
            expect: { decision: pending, forwarded: false }
          - person: deny
          - person: approve
          - policy: p.json
          - tool: t
            reply: { at: "2026-11-23T09:00:00Z" }
            expect: { decision: permit, forwarded: true }
        """,
        """
        7 problems
          1. 3:13 /calls/0/person: expected a call before that waits for a person; found none
          2. 4:5 /calls/1: t, time 1 of 2: expected decision deny; found permit: "ok"; expected forwarded false; found true; expected code rule; found none; expected rule /tools/t; found none; expected http 400; found 200; expected error -1; found none; expected a text with "No."; found "ok"; expected revision 2; found 1
          3. 7:5 /calls/2: tools/list: expected tools [t]; found [t, p]
          4. 10:9 /calls/3/at: expected a time that is not before 2026-11-23T10:00:00Z
          5. 13:13 /calls/5/person: expected an approval that is open; found one that is already denied
          6. 14:5 /calls/6: expected another revision; found the same document
          7. 15:5 /calls/7: t: expected a reply that is not before 2026-11-23T10:00:00Z
        """);
  }

  @Test
  void namesARefusalThatIsNotExpected() throws IOException {
    Files.writeString(folder.resolve("p.json"), "{\"version\": \"1\", \"default\": \"never\"}\n");
    fails(
        """
        given: { policy: p.json, clock: "2026-11-23T10:00:00Z" }
        calls:
          - { tool: t, expect: { decision: permit, forwarded: true } }
        """,
        """
        1 problem
          1. 1:8 /given: expected a document that can be used
        found this refusal:
        p.json: 1 problem
          1. 1:29 /default: expected "allow" or "deny"; found "never"
        """);
  }

  @Test
  void namesARefusalThatDoesNotCome() throws IOException {
    Files.writeString(folder.resolve("p.json"), "{\"version\": \"1\", \"default\": \"deny\"}\n");
    fails(
        """
        given: { policy: p.json, clock: "2026-11-23T10:00:00Z" }
        refused: No.
        """,
        """
        1 problem
          1. 2:10 /refused: expected this refusal:
        No.
        found a document that can be used
        """);
  }

  @Test
  void aGrantOfADocumentHasToBeInIt() throws IOException {
    Files.writeString(
        folder.resolve("d.yaml"),
        """
        version: "2"
        servers:
          s: { transport: { stdio: { command: no-such-program } } }
        policies:
          p: { default: allow }
        grants:
          known: { token: { sha256: "%s" }, servers: { s: p } }
        """
            .formatted("0".repeat(64)));
    fails(
        """
        given: { document: d.yaml, server: s, grant: known, clock: "2026-11-23T10:00:00Z" }
        calls:
          - { tool: t, expect: { decision: permit, forwarded: true } }
          - { tool: t, grant: unknown, expect: { decision: permit, forwarded: true } }
        """,
        """
        1 problem
          1. 4:5 /calls/1: expected a grant of the document; found "unknown"
        """);
  }

  private void refuses(String text, String message) {
    assertThatThrownBy(() -> Scenario.read(write(text)))
        .isInstanceOf(DocumentException.class)
        .hasMessage(inFolder(message));
  }

  private void fails(String text, String message) {
    assertThatThrownBy(() -> ScenarioRunner.run(write(text), ScenariosTest.PLUGINS))
        .isInstanceOf(AssertionError.class)
        .hasMessage(inFolder(message));
  }

  private String inFolder(String message) {
    return (folder.resolve("s.scenario.yaml") + ": " + message).strip();
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("s.scenario.yaml"), text);
  }
}
