package dev.tollbar.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.document.DocumentException;
import dev.tollbar.pipeline.RuleWatch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recorded calls under another document. */
class ReplayTest {
  private static final String KEYS = "\"argument_keys\":[\"amount\",\"note\"]";

  @TempDir private Path folder;
  private final RuleWatch watch = new RuleWatch(Duration.ofSeconds(5));
  private final Offline offline = new Offline(new TrialKinds(), watch);

  @AfterEach
  void close() {
    watch.close();
  }

  private ReplayReport replay(String tools, String records) throws Exception {
    Path candidate =
        Files.writeString(
            folder.resolve("shop.yaml"),
            "version: \"2\"\npolicies:\n  shop:\n    default: deny\n    tools:\n"
                + tools.indent(6));
    try (Replay replay = Replay.open(candidate, List.of(), offline)) {
      Records.each(folder, records, replay::add);
      return replay.report();
    }
  }

  private static String body(ReplayReport report) {
    return report.text(Palette.PLAIN).lines().skip(1).reduce("", (a, b) -> a + b + "\n");
  }

  @Test
  void everyCallThatIsDecidedOtherwiseIsListed() throws Exception {
    ReplayReport report =
        replay(
            """
            pay: { deny_if: { id: ceiling, conditions: [{ path: args.amount, op: gt, value: 500 }], on_deny: Too much. } }
            drop: {}
            look: {}
            """,
            Records.call("pay", "permit", KEYS + ",\"values\":{\"args.amount\":501}")
                + Records.call("pay", "permit", KEYS + ",\"values\":{\"args.amount\":900}")
                    .replace("12:00", "13:00")
                    .replace("\"local\"", "\"laptop\"")
                + Records.call("pay", "permit", KEYS + ",\"values\":{\"args.amount\":500}")
                + Records.call("drop", "deny", "\"code\":\"rule\",\"rule\":\"never\"")
                + Records.call("look", "permit", "")
                + Records.call("gone", "permit", "")
                + Records.call("look", "deny", "\"code\":\"unknown_token\"")
                + Records.call("look", "permit", "").replace("tools/call", "tools/list"));

    assertThat(body(report))
        .isEqualTo(
            """
            6 calls, first 2026-11-26T12:00:00Z, last 2026-11-26T13:00:00Z

            decided otherwise: 4 calls
              permit → deny  pay on default: 2 calls by laptop (1), local (1)
                now by ceiling: Too much.
                first 2026-11-26T12:00:00Z, last 2026-11-26T13:00:00Z
              deny → permit  drop on default: 1 call by local
                before by never
                at 2026-11-26T12:00:00Z
              permit → deny  gone on default: 1 call by local
                now by (default deny): The policy does not permit this tool.
                at 2026-11-26T12:00:00Z

            decided as before: 2 calls
            not decided by a policy, and left out: 2 records
            """);
    assertThat(report.nothingChanges()).isFalse();
    assertThat(report.json().at("/changes/0/after/rule").asText()).isEqualTo("ceiling");
    assertThat(report.json().at("/changes/0/grants/laptop").asInt()).isEqualTo(1);
  }

  @Test
  void callsWhoseRulesLookAtWhatIsNotRecordedAreCountedAsSuch() throws Exception {
    ReplayReport report =
        replay(
            """
            pay: { deny_if: { id: ceiling, conditions: [{ path: args.amount, op: gt, value: 500 }] } }
            note: { deny_if: { id: noted, conditions: [{ path: args.absent, op: exists, value: true }] } }
            named: { deny_if: { conditions: [{ path: tool.name, op: eq, value: other }] } }
            kind: { deny_if: { id: read, conditions: [{ path: tool.category, op: eq, value: read }] } }
            page: { result: { id: words, word: secret } }
            """,
            Records.call("pay", "permit", KEYS)
                + Records.call("pay", "deny", KEYS + ",\"code\":\"rule\",\"rule\":\"ceiling\"")
                + Records.call("note", "permit", KEYS)
                + Records.call("named", "permit", KEYS)
                + Records.call("kind", "permit", KEYS)
                + Records.call("page", "permit", KEYS));

    assertThat(body(report))
        .isEqualTo(
            """
            6 calls, first 2026-11-26T12:00:00Z, last 2026-11-26T12:00:00Z

            could not be judged: 4 calls, as the records do not say enough
              pay on default: 2 calls by local
                ceiling looks at args.amount
              kind on default: 1 call by local
                read looks at what the server says of its tools
              page on default: 1 call by local
                words looks at results

            decided as before: 2 calls
            """);
    assertThat(report.nothingChanges()).isFalse();
    assertThat(report.json().at("/unknown").asInt()).isEqualTo(4);
  }

  @Test
  void whatIsDeniedInAnyCaseIsKnownToBe() throws Exception {
    ReplayReport report =
        replay(
            """
            pay:
              deny_if: { id: ceiling, conditions: [{ path: args.amount, op: gt, value: 500 }] }
              deny: {}
            """,
            Records.call("pay", "permit", KEYS)
                + Records.call("pay", "deny", KEYS + ",\"code\":\"rule\",\"rule\":\"ceiling\""));

    assertThat(body(report))
        .contains("decided otherwise: 1 call\n")
        .contains("now by one of several rules: the records do not say enough to tell which\n")
        .contains("decided as before: 1 call\n");
  }

  @Test
  void limitsCountWhatTheRecordsSayWasCounted() throws Exception {
    String calls = Records.call("pay", "permit", "\"upstream\":\"answered\"").repeat(3);
    String lost = Records.call("pay", "permit", "\"upstream\":\"not_delivered\"").repeat(9);
    String later = Records.call("pay", "permit", "").replace("12:00", "12:01");

    ReplayReport report =
        replay("pay: { limits: { id: two, max: 2 } }\n", lost + calls + later + later);

    assertThat(body(report))
        .contains("decided otherwise: 1 call\n")
        .contains("now by two: Limit reached.\n")
        .contains("decided as before: 13 calls\n");
  }

  @Test
  void aCallThatAPersonWasAskedAboutIsAskedAboutAsBefore() throws Exception {
    ReplayReport report =
        replay(
            "export: { approval: { id: person } }\nfree: {}\n",
            Records.call("export", "deny", "\"code\":\"approval_pending\",\"rule\":\"person\"")
                + Records.call("export", "permit", "\"approvals\":[\"ap_1\"]")
                + Records.call("export", "permit", "")
                + Records.call("free", "permit", "\"approvals\":[\"ap_2\"]"));

    assertThat(body(report))
        .contains("permit → ask  export on default: 1 call by local\n    now by person\n")
        .contains("ask → permit  free on default: 1 call by local\n")
        .contains("decided as before: 2 calls\n");
  }

  @Test
  void aSelectorThatNeedsTheServersListIsNotGuessed() throws Exception {
    ReplayReport report = replay("\"@category:read\": {}\n", Records.call("look", "permit", ""));

    assertThat(body(report))
        .contains("    the policy selects by what the server says of its tools\n");
  }

  @Test
  void whatTheRecordSaysOfTheToolIsGoneBy() throws Exception {
    ReplayReport report =
        replay(
            "\"@category:read\": {}\n",
            Records.call("look", "permit", "\"tool_annotations\":{\"readOnlyHint\":true}")
                + Records.call("drop", "permit", "\"tool_annotations\":{\"destructiveHint\":true}")
                + Records.call("mute", "permit", "\"tool_annotations\":{}"));

    assertThat(body(report))
        .contains("permit → deny  drop on default: 1 call by local\n")
        .contains("permit → deny  mute on default: 1 call by local\n")
        .contains("decided as before: 1 call\n");
    assertThat(report.json().at("/unknown").asInt()).isZero();
  }

  @Test
  void grantsThatAreGoneAreTurnedAway() throws Exception {
    Path candidate =
        Files.writeString(
            folder.resolve("gateway.yaml"),
            """
            version: "2"
            servers: { default: { transport: { stdio: { command: a } } } }
            policies: { shop: { default: allow } }
            grants: { laptop: { token: { sha256: "%s" }, servers: { default: shop } } }
            """
                .formatted("0".repeat(64)));
    try (Replay replay = Replay.open(candidate, List.of(), offline)) {
      Records.each(folder, Records.call("look", "permit", ""), replay::add);

      assertThat(body(replay.report()))
          .contains("permit → refused  look on default: 1 call by local\n")
          .contains("    now There is no grant \"local\": there is only laptop.\n");
    }
  }

  @Test
  void aCandidateThatIsWrongIsRefused() throws Exception {
    Path candidate = Files.writeString(folder.resolve("shop.yaml"), "version: \"3\"\n");

    assertThatThrownBy(() -> Replay.open(candidate, List.of(), offline))
        .isInstanceOf(DocumentException.class);
  }
}
