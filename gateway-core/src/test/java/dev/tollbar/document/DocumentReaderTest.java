package dev.tollbar.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.TransportContext;
import dev.tollbar.document.FakeKinds.Fail;
import dev.tollbar.document.FakeKinds.LimitConfig;
import dev.tollbar.document.FakeKinds.Made;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Policy;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Policy language, sections 1 to 3. */
class DocumentReaderTest {
  private static final String LOADED =
      "loaded: approval (approval.jar), broken (broken.jar), deny (deny.jar), deny_if"
          + " (deny_if.jar), limits (limits.jar), rate_limit (rate_limit.jar), require"
          + " (require.jar), script (script.jar)";

  @TempDir private Path folder;

  private final FakeKinds kinds = new FakeKinds();
  private final List<String> counters = new ArrayList<>();
  private final DocumentReader reader =
      new DocumentReader(
          new ReadContext(
              kinds,
              Map.of("TOKEN", "s3cret"),
              (policy, pointer, shadow) -> {
                counters.add(policy + " " + pointer + (shadow ? " shadow" : ""));
                return FakeKinds.NO_COUNTERS;
              },
              () -> Instant.EPOCH,
              LoggerFactory::getLogger));

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private String rejected(Reading reading) {
    assertThat(reading).isInstanceOf(Reading.Rejected.class);
    return ((Reading.Rejected) reading).text().replace(folder + "/", "");
  }

  private String problems(String name, String text) throws IOException {
    return rejected(reader.read(write(name, text)));
  }

  private String problems(String text) throws IOException {
    return problems("d.json", text);
  }

  private String policyProblems(String text) throws IOException {
    return rejected(reader.readPolicy(write("p.json", text), "default"));
  }

  private static Revision loaded(Reading reading) {
    if (reading instanceof Reading.Rejected rejected) {
      throw new AssertionError(rejected.text());
    }
    return ((Reading.Loaded) reading).revision();
  }

  private static <T> T in(Map<String, T> entries, String name) {
    T entry = entries.get(name);
    if (entry == null) {
      throw new AssertionError("no " + name + " in " + entries.keySet());
    }
    return entry;
  }

  private static final String FIRST =
      """
      {
        "version": "1",
        "default": "deny",
        "hide": ["delete_account"],
        "all_tools": { "limits": [ { "max": 5, "window": "hour" } ] },
        "tools": {
          "close_session": { "limits": [ { "counter": "close_session_rate", "window": "minute", "max": 60, "scope": "grant" } ] },
          "create_charge": { "require": [ { "conditions": [], "on_deny": "Why?" } ], "deny_if": [ { "conditions": [ { "path": "args.a.b", "op": "gt", "value": 0.1 } ] } ] },
          "drop_table":    { "action": "deny", "reason": "Ask a human." },
          "send_mail":     { "rate_limit": { "max": 10, "window": 60 } },
          "pay":           { "action": "require_approval" },
          "look":          { "action": "allow" },
          "*":             {}
        }
      }
      """;

  @Test
  void readsVersionOneUnchanged() throws IOException {
    Revision revision = loaded(reader.readPolicy(write("p.json", FIRST), "default"));
    Policy policy = in(revision.policies(), "default");
    assertThat(policy.rules())
        .extracting(ConfiguredRule::pointer)
        .containsExactly(
            "/all_tools/limits/0",
            "/tools/close_session/limits/0",
            "/tools/create_charge/require/0",
            "/tools/create_charge/deny_if/0",
            "/tools/drop_table/action",
            "/tools/send_mail/rate_limit",
            "/tools/pay/action");
    assertThat(policy.rules().get(2).onDeny()).contains("Why?");
    assertThat(kinds.made)
        .contains(
            new Made(
                "limits",
                "/tools/close_session/limits/0",
                new LimitConfig(
                    new BigDecimal("60"),
                    Optional.of("minute"),
                    Optional.of("grant"),
                    Optional.of("close_session/close_session_rate"),
                    Fail.CLOSED)),
            new Made(
                "deny",
                "/tools/drop_table/action",
                new FakeKinds.DenyConfig(Optional.of("Ask a human."))));
    assertThat(counters)
        .anyMatch(owner -> owner.startsWith("default /tools/send_mail/rate_limit "));
  }

  private static final String SECOND =
      """
      {
        "version": "2",
        "servers": {
          "files": { "transport": { "stdio": { "command": "npx", "args": ["-y"], "env": { "T": { "env": "TOKEN" } } } }, "timeout": "90s" },
          "more": { "transport": { "stdio": { "command": "nowhere" } } }
        },
        "policies": {
          "ro": { "default": "deny", "hide": ["@unlisted"], "tools": { "read_*": {} },
                  "server_requests": { "sampling": "deny", "roots": "allow" },
                  "prompts": { "default": "deny", "entries": { "review_*": { "deny": { "reason": "No." } } } } },
          "rw": { "default": "allow",
                  "all_tools": { "limits": [ { "max": "600.50", "window": "hour" } ] },
                  "tools": { "a/b~c": { "limits": { "max": 1, "id": "one", "on_deny": "Slow.", "mode": "shadow" },
                                        "script": { "file": "s.js" },
                                        "approval": { "webhook": "ops" } } } },
          "v1": { "file": "first.json", "mode": "shadow" }
        },
        "webhooks": { "ops": { "url": "https://ops.example/x", "secret": [ { "file": "k" }, "plain" ] } },
        "grants": {
          "laptop": { "token": { "sha256": "AA00000000000000000000000000000000000000000000000000000000000000" },
                      "servers": { "files": "ro", "more": "rw" }, "labels": { "team": "x" }, "expires": "2027-06-30T02:00:00+02:00" }
        }
      }
      """;

  private Revision second() throws IOException {
    write("first.json", FIRST);
    write("s.js", "export default () => true");
    write("k", "hush\n");
    return loaded(reader.read(write("d.json", SECOND)));
  }

  @Test
  void readsVersionTwo() throws IOException {
    Revision revision = second();
    assertThat(revision.servers()).containsOnlyKeys("files", "more");
    ServerSpec files = in(revision.servers(), "files");
    assertThat(files.timeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(files.plugin()).isEqualTo("transport-stdio@1");
    assertThat(revision.policies()).containsOnlyKeys("ro", "rw", "v1");
    assertThat(in(revision.policies(), "ro").permits(Policy.ServerRequest.SAMPLING)).isFalse();
    assertThat(in(revision.policies(), "ro").permits(Policy.ServerRequest.ROOTS)).isTrue();
    assertThat(in(revision.policies(), "v1").rules()).allMatch(ConfiguredRule::shadow);
    ConfiguredRule limit = in(revision.policies(), "rw").rules().get(1);
    assertThat(limit.pointer()).isEqualTo("/policies/rw/tools/a~1b~0c/limits");
    assertThat(limit.name()).isEqualTo("one");
    assertThat(limit.onDeny()).contains("Slow.");
    assertThat(limit.shadow()).isTrue();
    assertThat(counters).contains("rw #one shadow");
    assertThat(in(revision.webhooks(), "ops").secrets())
        .extracting(secret -> secret.reveal())
        .containsExactly("hush", "plain");
    DocumentGrant grant = in(revision.grants(), "laptop");
    assertThat(grant.tokenSha256()).isEqualTo("aa" + "0".repeat(62));
    assertThat(grant.expires()).contains(Instant.parse("2027-06-30T00:00:00Z"));
    assertThat(revision.files())
        .extracting(path -> path.getFileName().toString())
        .containsExactlyInAnyOrder("d.json", "first.json", "s.js", "k");
  }

  @Test
  void closesItsRules() throws IOException {
    Revision revision = second();
    revision.close();
    assertThat(kinds.closed).hasSameSizeAs(kinds.made);
  }

  @Test
  void aRejectedDocumentClosesTheRulesItMade() throws IOException {
    problems(
        """
        {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"deny": {}, "x": {}}}}}}
        """);
    assertThat(kinds.closed).containsExactly("/policies/p/tools/t/deny");
  }

  @Test
  void theRevisionFollowsTheDocumentAndItsFilesButNotTheTextOfSecrets() throws IOException {
    Revision before = second();
    assertThat(before.id()).matches("[0-9a-f]{64}");
    assertThat(second().id()).isEqualTo(before.id());
    write("k", "other");
    Revision rotated = loaded(reader.read(folder.resolve("d.json")));
    assertThat(rotated.id()).isEqualTo(before.id());
    assertThat(rotated.fingerprint()).isNotEqualTo(before.fingerprint());
    write("s.js", "export default () => false");
    assertThat(loaded(reader.read(folder.resolve("d.json"))).id()).isNotEqualTo(before.id());
  }

  @Test
  void tellsWhatIsWrongBesideWhatCannotBeRead() throws IOException {
    assertThat(
            problems(
                """
                {"version": "2",
                 "capacity": {"bodies": "lots", "calls": 0, "cals": 1},
                 "policies": {},
                 "grants": {"g": {"token": {"sha256": "x"}, "servers": {"z": "p"}, "labels": 5, "expires": "soon"}}}
                """))
        .isEqualTo(
            """
            d.json: 8 problems
              1. 2:25 /capacity/bodies: expected a size such as "500KB", "100MB" or "1GB"; found "lots"
              2. 2:42 /capacity/calls: expected a whole number from 1 to 1000000; found 0
              3. 2:45 /capacity/cals: unknown key "cals"; expected calls, bodies, connections, connections_per_address, head_timeout, body_timeout, idle_timeout or reply_timeout. Did you mean "calls"?
              4. 4:39 /grants/g/token/sha256: expected 64 hexadecimal digits; found "x"
              5. 4:57 /grants/g/servers/z: expected the name of a server; found "z", but the document has none
              6. 4:62 /grants/g/servers/z: expected the name of a policy; found "p", but the document has none
              7. 4:78 /grants/g/labels: expected an object; found 5
              8. 4:92 /grants/g/expires: expected a time such as "2027-06-30T00:00:00Z"; found "soon\"\
            """);
  }

  @Test
  void aDefaultThatIsWrittenOutIsNoOtherCounter() throws IOException {
    String document =
        """
        {"version": "2", "policies": {"p": {"default": "deny", "tools": {
          "t": {"limits": {"max": 1}}}}}}
        """;
    loaded(reader.read(write("d.json", document))).close();
    List<String> before = List.copyOf(counters);
    counters.clear();

    loaded(reader.read(write("d.json", document.replace("1}", "1, \"fail\": \"closed\"}"))))
        .close();

    assertThat(counters).isEqualTo(before);
  }

  @Test
  void theTermsOfARuleFollowWhatItJudgesByAndNothingElse() throws IOException {
    String document =
        """
        {"version": "2", "policies": {"p": {"default": "deny", "tools": {
          "one": {"script": {"file": "one.js"}},
          "two": {"script": {"file": "two.js", "on_deny": "No."}}}}}}
        """;
    String one = "/policies/p/tools/one/script";
    String two = "/policies/p/tools/two/script";
    write("one.js", "export default () => true");
    write("two.js", "export default () => true");
    Map<String, String> before = terms(document);

    assertThat(changed(before, document.replace("{\"version", "{\"grants\": {}, \"version")))
        .isEmpty();
    assertThat(changed(before, document.replace("\"deny\"", "\"allow\""))).isEmpty();
    assertThat(changed(before, document.replace("No.", "Not now."))).containsExactly(two);
    assertThat(changed(before, document.replace("\"on_deny\"", "\"id\": \"x\", \"on_deny\"")))
        .containsExactly(two);
    assertThat(
            changed(before, document.replace("\"on_deny\"", "\"mode\": \"shadow\", \"on_deny\"")))
        .containsExactly(two);
    write("one.js", "export default () => false");
    assertThat(changed(before, document)).containsExactly(one);
    write("one.js", "export default () => true");
    assertThat(changed(before, document)).isEmpty();
  }

  /** What the rules judge by, by the pointers to them. */
  private Map<String, String> terms(String document) throws IOException {
    Policy policy = in(loaded(reader.read(write("d.json", document))).policies(), "p");
    return policy.rules().stream()
        .collect(Collectors.toMap(ConfiguredRule::pointer, ConfiguredRule::terms));
  }

  private List<String> changed(Map<String, String> before, String document) throws IOException {
    Map<String, String> after = terms(document);
    return before.keySet().stream()
        .filter(rule -> !in(before, rule).equals(in(after, rule)))
        .toList();
  }

  @Test
  void aServersDigestFollowsItsConfigAndSecrets() throws IOException {
    String digest = in(second().servers(), "files").digest();
    DocumentReader other =
        new DocumentReader(
            new ReadContext(
                kinds,
                Map.of("TOKEN", "new"),
                (_, _, _) -> FakeKinds.NO_COUNTERS,
                () -> Instant.EPOCH,
                LoggerFactory::getLogger));
    assertThat(in(loaded(other.read(folder.resolve("d.json"))).servers(), "files").digest())
        .isNotEqualTo(digest);
    assertThat(in(second().servers(), "files").digest()).isEqualTo(digest);
  }

  private record Context(String server) implements TransportContext {
    @Override
    public Duration timeout() {
      return Duration.ofSeconds(60);
    }

    @Override
    public Path folder() {
      return Path.of(".");
    }

    @Override
    public org.slf4j.Logger logger() {
      return LoggerFactory.getLogger(server);
    }
  }

  @Test
  void opensTransportsAndPlacesWhatTheySay() throws Exception {
    Revision revision = second();
    try (var transport = in(revision.servers(), "files").open(new Context("files"))) {
      assertThat(transport.health().detail()).isEqualTo("npx");
    }
    assertThatThrownBy(() -> in(revision.servers(), "more").open(new Context("more")))
        .isInstanceOf(DocumentException.class)
        .message()
        .satisfies(message ->
            assertThat(message.replace(folder + "/", ""))
                .isEqualTo(
                    "d.json: 1 problem\n"
                        + "  1. 5:52 /servers/more/transport/stdio/command: expected a program"
                        + " that exists; found \"nowhere\""));
  }

  @Test
  void yamlReadsAsTheSameDocument() throws IOException {
    Revision json = loaded(reader.readPolicy(write("p.json", FIRST), "p"));
    String yaml =
        """
        # A comment
        version: "1"
        default: deny
        hide: [delete_account]
        all_tools: { limits: [ { max: 5, window: hour } ] }
        tools:
          close_session:
            limits:
              - counter: close_session_rate
                window: minute
                max: 60
                scope: grant
          create_charge:
            require: [ { conditions: [], on_deny: "Why?" } ]
            deny_if: [ { conditions: [ { path: args.a.b, op: gt, value: 0.1 } ] } ]
          drop_table: { action: deny, reason: Ask a human. }
          send_mail: { rate_limit: { max: 10, window: 60 } }
          pay: { action: require_approval }
          look: { action: allow }
          "*": {}
        """;
    assertThat(loaded(reader.readPolicy(write("p.yaml", yaml), "p")).id()).isEqualTo(json.id());
  }

  @Test
  void reportsAllProblemsAtOnceInOrder() throws IOException {
    assertThat(
            problems(
                """
                {
                  "version": "2",
                  "policies": {
                    "tickets": {
                      "default": "dney",
                      "tools": {
                        "create_refund": {
                          "rate_limt": { "max": 1 },
                          "rate_limit": { "max": "ten", "windw": 3 },
                          "limits": [ { "max": true, "fail": "opne" }, 5 ]
                        }
                      }
                    }
                  },
                  "serverz": {}
                }
                """))
        .isEqualTo(
            "d.json: 9 problems\n"
                + "  1. 5:18 /policies/tickets/default: expected \"allow\" or \"deny\"; found"
                + " \"dney\". Did you mean \"deny\"?\n"
                + "  2. 8:11 /policies/tickets/tools/create_refund/rate_limt: unknown rule kind"
                + " \"rate_limt\"; "
                + LOADED
                + ". Did you mean \"rate_limit\"?\n"
                + "  3. 9:25 /policies/tickets/tools/create_refund/rate_limit/window: expected a"
                + " whole number; found nothing\n"
                + "  4. 9:34 /policies/tickets/tools/create_refund/rate_limit/max: expected a whole"
                + " number; found \"ten\"\n"
                + "  5. 9:41 /policies/tickets/tools/create_refund/rate_limit/windw: unknown key"
                + " \"windw\"; expected max or window. Did you mean \"window\"?\n"
                + "  6. 10:32 /policies/tickets/tools/create_refund/limits/0/max: expected a number"
                + " or a decimal string such as \"5000.00\"; found true\n"
                + "  7. 10:46 /policies/tickets/tools/create_refund/limits/0/fail: expected open or"
                + " closed; found \"opne\". Did you mean \"open\"?\n"
                + "  8. 10:56 /policies/tickets/tools/create_refund/limits/1: expected an object;"
                + " found 5\n"
                + "  9. 15:3 /serverz: unknown key \"serverz\"; expected version, servers,"
                + " policies, webhooks, grants, records, capacity or on_reload. Did you mean \"servers\"?");
  }

  @Test
  void tellsAllThatIsWrongWithCapacities() throws IOException {
    assertThat(
            problems(
                "d.yaml",
                """
                version: "2"
                capacity:
                  calls: 0
                  connections: -1
                  head_timeout: 1ms
                servers:
                  a:
                    transport: { stdio: { command: x } }
                    capacity: { calls: 0, waiting: -2, max_wait: 20m }
                """))
        .isEqualTo(
            """
            d.yaml: 6 problems
              1. 3:10 /capacity/calls: expected a whole number from 1 to 1000000; found 0
              2. 4:16 /capacity/connections: expected a whole number from 1 to 1000000; found -1
              3. 5:17 /capacity/head_timeout: expected a duration from 100ms to 1d; found "1ms"
              4. 9:24 /servers/a/capacity/calls: expected a whole number from 1 to 1000000; found 0
              5. 9:36 /servers/a/capacity/waiting: expected a whole number from 0 to 1000000; found -2
              6. 9:50 /servers/a/capacity/max_wait: expected a duration of at most 10m; found "1200s"\
            """);
  }

  @Test
  void placesYamlProblemsToo() throws IOException {
    assertThat(
            problems(
                "d.yaml",
                """
                version: "2"
                policies:
                  p:
                    default: deny
                    tools:
                      t:
                        rate_limit: { max: 0, window: 010 }
                        denny: {}
                """))
        .isEqualTo(
            "d.yaml: 2 problems\n"
                + "  1. 7:39 /policies/p/tools/t/rate_limit/window: expected a plain decimal"
                + " number, or a string in quotes; found 010\n"
                + "  2. 8:9 /policies/p/tools/t/denny: unknown rule kind \"denny\"; "
                + LOADED
                + ". Did you mean \"deny\"?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {} | 1:1 /version: expected the version as a string, "1" or "2"; found nothing
          {"version": 2} | 1:13 /version: expected the version as a string, "1" or "2"; found 2
          {"version": "3"} | 1:13 /version: expected the version as a string, "1" or "2"; found "3"
          [] | 1:1: expected an object; found a list
          {"version": "1", "default": "deny"} | 1:13 /version: expected version "2"; found "1", which is for --policy
          {"version": "2", } | 1:18: not valid JSON: unexpected "}"
          {"version": "2" | 1:16: not valid JSON: the file ends too early
          {"version": yes} | 1:13: not valid JSON: unexpected "yes"
          {"version": "2"} {} | 1:18: expected the end of the file; found more after it
          {"version": "2", "version": "2"} | 1:18 /version: key "version" stands here a second time
          {"version": "2", "grants": []} | 1:28 /grants: expected an object; found a list
          {"version": "2", "servers": {"a b": {}}} | 1:30 /servers/a b: expected a server name of letters, digits, ".", "_" and "-"; found "a b"
          {"version": "2", "servers": {"a": {"transport": {"stdo": {}}}}} | 1:50 /servers/a/transport/stdo: unknown transport kind "stdo"; loaded: stdio (stdio.jar). Did you mean "stdio"?
          {"version": "2", "servers": {"a": {"transport": {}}}} | 1:49 /servers/a/transport: expected an object with one transport kind; found 0 keys
          {"version": "2", "servers": {"a": {"transport": {"stdio": {"command": "x"}}, "timeout": 5}}} | 1:89 /servers/a/timeout: expected a duration such as "90s", "15m" or "1h"; found 5
          {"version": "2", "servers": {"a": {"transport": {"stdio": {"command": "x"}}, "timeout": "0s"}}} | 1:89 /servers/a/timeout: expected a duration of more than nothing and at most a day; found "0s"
          {"version": "2", "servers": {"a": {"transport": {"stdio": {"command": "x", "env": {"A": {"env": "NONE"}}}}}}} | 1:97 /servers/a/transport/stdio/env/A/env: expected an environment variable that is set; found "NONE", which is not
          {"version": "2", "servers": {"a": {"transport": {"stdio": {"command": "x", "env": {"A": 5}}}}}} | 1:89 /servers/a/transport/stdio/env/A: expected {"env": "NAME"}, {"file": "path"} or a string; found a number
          {"version": "2", "servers": {"a": {"transport": {"stdio": {"command": "x", "env": {"A": {"file": "../k"}}}}}}} | 1:98 /servers/a/transport/stdio/env/A/file: expected a file in the document's folder; found "../k", which lies outside
          {"version": "2", "policies": {"p": 5}} | 1:36 /policies/p: expected an object; found 5
          {"version": "2", "policies": {"p": {}}} | 1:36 /policies/p/default: expected "allow" or "deny"; found nothing
          {"version": "2", "policies": {"p": {"default": "deny", "hide": ["@unlistd"]}}} | 1:65 /policies/p/hide/0: expected a name, a pattern such as "read_*", "@category:…", "@annotation:…=…" or "@unlisted"; found "@unlistd"
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"@category:destructve": {}}}}} | 1:66 /policies/p/tools/@category:destructve: expected "@category:" with read, write or destructive; found "@category:destructve". Did you mean "destructive"?
          {"version": "2", "policies": {"p": {"default": "deny", "prompts": {"default": "deny", "entries": {"@category:read": {}}}}}} | 1:99 /policies/p/prompts/entries/@category:read: expected a name, a pattern such as "read_*"; found "@category:read"
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"deny": [{"id": "a"}, {"id": "a"}]}}}}} | 1:101 /policies/p/tools/t/deny/1/id: id "a" is used twice in the policy
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"deny": {"id": "/a"}}}}}} | 1:87 /policies/p/tools/t/deny/id: expected an id of letters, digits, ".", "_" and "-"; found "/a"
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"deny": {"mode": "shadwo"}}}}}} | 1:89 /policies/p/tools/t/deny/mode: expected "enforce" or "shadow"; found "shadwo". Did you mean "shadow"?
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"deny": {"on_deny": 1}}}}}} | 1:92 /policies/p/tools/t/deny/on_deny: expected a string; found 1
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"deny": "x"}}}}} | 1:80 /policies/p/tools/t/deny: expected an object or a list; found "x"
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"rate_limit": {"max": 0, "window": 1}}}}}} | 1:94 /policies/p/tools/t/rate_limit/max: expected at least 1; found 0
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"rate_limit": {"max": 99999999999, "window": 1}}}}}} | 1:94 /policies/p/tools/t/rate_limit/max: expected a whole number from -2147483648 to 2147483647; found 99999999999
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"require": {"conditions": [{"path": "args.a", "op": "eqq", "value": 1}]}}}}}} | 1:124 /policies/p/tools/t/require/conditions/0/op: expected eq, neq, in, not_in, lt, lte, gt, gte, exists, regex, contains, glob, starts_with, ends_with, host_in, path_within, cidr or length_lte; found "eqq". Did you mean "eq"?
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"require": {"conditions": [{"paths": "args.a", "op": "eq", "value": 1}]}}}}}} | 1:100 /policies/p/tools/t/require/conditions/0/paths: unknown key "paths"; expected path, op, value, any, all or not. Did you mean "path"?
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"approval": {"webhook": "ops"}}}}}} | 1:96 /policies/p/tools/t/approval/webhook: expected the name of a webhook; found "ops", but the document has none
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"script": {"file": "none.js"}}}}}} | 1:91 /policies/p/tools/t/script/file: expected a file that exists; found "none.js", which does not exist
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"broken": {"how": "constructor"}}}}}} | 1:82 /policies/p/tools/t/broken: the plugin rule-broken@1 failed on this entry
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"broken": {"how": "create"}}}}}} | 1:82 /policies/p/tools/t/broken: the plugin rule-broken@1 failed on this entry
          {"version": "2", "policies": {"p": {"default": "deny", "server_requests": {"rots": "deny"}}}} | 1:76 /policies/p/server_requests/rots: unknown key "rots"; expected sampling, elicitation or roots. Did you mean "roots"?
          {"version": "2", "policies": {"p": {"file": "none.json"}}} | 1:45 /policies/p/file: expected a file that exists; found "none.json", which does not exist
          {"version": "2", "policies": {"p": {"file": "/etc/passwd"}}} | 1:45 /policies/p/file: expected a file in the document's folder; found "/etc/passwd"
          {"version": "2", "webhooks": {"w": {"url": "ftp://x", "secret": "s"}}} | 1:44 /webhooks/w/url: expected an http or https URL; found "ftp://x"
          {"version": "2", "webhooks": {"w": {"url": "http://x", "secret": []}}} | 1:66 /webhooks/w/secret: expected at least one secret; found an empty list
          {"version": "2", "webhooks": {"w": {"url": "http://x", "secret": ""}}} | 1:66 /webhooks/w/secret: expected a secret; found an empty one
          {"version": "2", "grants": {"g": {"token": {"sha256": "ab"}, "servers": {}}}} | 1:55 /grants/g/token/sha256: expected 64 hexadecimal digits; found "ab"
          {"version": "2", "records": {"rotate": {"size": "100"}}} | 1:49 /records/rotate/size: expected a size such as "500KB", "100MB" or "1GB"; found "100"
          {"version": "2", "records": {"rotate": {"size": 100}}} | 1:49 /records/rotate/size: expected a size such as "500KB", "100MB" or "1GB"; found 100
          {"version": "2", "records": {"rotate": {"age": "5s"}}} | 1:48 /records/rotate/age: expected a duration from 1m to 366d; found "5s"
          {"version": "2", "records": {"rotate": {"age": "soon"}}} | 1:48 /records/rotate/age: expected a duration such as "90s", "15m" or "1h"; found "soon"
          {"version": "2", "records": {"rotate": {"keep": 0}}} | 1:49 /records/rotate/keep: expected at least 1; found 0
          {"version": "2", "records": {"rotate": {"kep": 1}}} | 1:41 /records/rotate/kep: unknown key "kep"; expected size, age or keep. Did you mean "keep"?
          {"version": "2", "records": {"when_full": "drop"}} | 1:43 /records/when_full: expected wait or deny; found "drop"
          {"version": "2", "records": []} | 1:29 /records: expected an object; found a list
          {"version": "2", "capacity": {"calls": 0}} | 1:40 /capacity/calls: expected a whole number from 1 to 1000000; found 0
          {"version": "2", "capacity": {"connections": 2000000}} | 1:46 /capacity/connections: expected a whole number from 1 to 1000000; found 2000000
          {"version": "2", "capacity": {"connections_per_address": -1}} | 1:58 /capacity/connections_per_address: expected a whole number from 0 to 1000000; found -1
          {"version": "2", "capacity": {"head_timeout": "50ms"}} | 1:47 /capacity/head_timeout: expected a duration from 100ms to 1d; found "50ms"
          {"version": "2", "capacity": {"idle_timeout": "2d"}} | 1:47 /capacity/idle_timeout: expected a duration from 100ms to 1d; found "172800s"
          {"version": "2", "capacity": {"bodies": "12"}} | 1:41 /capacity/bodies: expected a size such as "500KB", "100MB" or "1GB"; found "12"
          {"version": "2", "capacity": {"call": 1}} | 1:31 /capacity/call: unknown key "call"; expected calls, bodies, connections, connections_per_address, head_timeout, body_timeout, idle_timeout or reply_timeout. Did you mean "calls"?
          {"version": "2", "capacity": 5} | 1:30 /capacity: expected an object; found 5
          {"version": "2", "policies": {"p": {"default": "deny", "record_values": ["args.a"]}}} | 1:73 /policies/p/record_values: expected an object; found a list
          {"version": "2", "policies": {"p": {"default": "deny", "record_values": {"t": "args.a"}}}} | 1:79 /policies/p/record_values/t: expected a list of paths; found "args.a"
          {"version": "2", "policies": {"p": {"default": "deny", "record_values": {"t": [1]}}}} | 1:80 /policies/p/record_values/t/0: expected a path such as "args.amount"; found 1
          {"version": "2", "policies": {"p": {"default": "deny", "record_values": {"t": ["amount"]}}}} | 1:80 /policies/p/record_values/t/0: expected "args" or a path such as args.amount, args.items[*].price or args["a.b"]; found "amount"
          {"version": "2", "policies": {"p": {"default": "deny", "record_values": {"@unlisted": ["args"]}}}} | 1:74 /policies/p/record_values/@unlisted: expected a name, a pattern such as "read_*", "@category:…", "@annotation:…=…"; found "@unlisted"
          {"version": "2", "policies": {"p": {"default": "deny", "validate_arguments": "yes"}}} | 1:78 /policies/p/validate_arguments: expected true or false; found "yes"
          {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"limits": {"max": 1e99999}}}}}} | 1:90 /policies/p/tools/t/limits/max: expected a number of ordinary size; found a larger one
          """)
  void saysWhatIsWrong(String document, String problem) throws IOException {
    assertThat(problems(document)).isEqualTo("d.json: 1 problem\n  1. " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"version": "1"} | 1:1 /default: expected "allow" or "deny"; found nothing
          {"version": "1", "default": "deny", "tools": {"t": {"rate_limt": {}}}} | 1:53 /tools/t/rate_limt: unknown rule kind "rate_limt"; version 1 has action, reason, require, deny_if, limits and rate_limit. Did you mean "rate_limit"?
          {"version": "1", "default": "deny", "tools": {"t": {"script": {}}}} | 1:53 /tools/t/script: unknown rule kind "script"; version 1 has action, reason, require, deny_if, limits and rate_limit
          {"version": "1", "default": "deny", "tools": {"t": {"reason": "x"}}} | 1:53 /tools/t/reason: expected "reason" only beside "action": "deny"
          {"version": "1", "default": "deny", "tools": {"t": {"action": "denied"}}} | 1:63 /tools/t/action: expected "allow", "deny" or "require_approval"; found "denied"
          {"version": "1", "default": "deny", "tools": {"t": {"require": {}}}} | 1:64 /tools/t/require: expected a list; found an object
          {"version": "1", "default": "deny", "tools": {"t": {"require": [{"conditions": [], "id": "x"}]}}} | 1:84 /tools/t/require/0/id: unknown key "id"; expected conditions or on_deny
          {"version": "1", "default": "deny", "tools": {"t": {"deny_if": [{"conditions": [{"path": "server", "op": "eq", "value": 1}]}]}}} | 1:90 /tools/t/deny_if/0/conditions/0/path: expected a path such as args.amount, args.items[*].price or args["a.b"]; found "server" (needs a version 2 document)
          {"version": "1", "default": "deny", "validate_arguments": true} | 1:37 /validate_arguments: unknown key "validate_arguments"; expected version, default, hide, all_tools or tools
          {"version": "1", "default": "deny", "hide": "x"} | 1:45 /hide: expected a list of tool names, or "*"; found "x"
          {"version": "1", "default": "deny", "all_tools": {"require": []}} | 1:51 /all_tools/require: unknown key "require"; expected limits
          {"version": "2", "policies": {}} | 1:30 /policies: expected exactly one policy; found none
          {"version": "2", "policies": {"a": {"default": "deny"}, "b": {"default": "deny"}}} | 1:30 /policies: expected exactly one policy; found 2
          {"version": "2", "servers": {}, "policies": {"a": {"default": "deny"}}} | 1:18 /servers: expected only policies; a document with servers is for --document
          """)
  void saysWhatIsWrongWithAPolicy(String document, String problem) throws IOException {
    assertThat(policyProblems(document)).isEqualTo("p.json: 1 problem\n  1. " + problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          a: &x {b: 1} | 1:4 /a: expected no anchor; found "&x"
          a: *x | 1:4 /a: expected no alias; found "*x"
          {version: "2", policies: {p: {default: no}}} | 1:40 /policies/p/default: expected true or false, or a string in quotes; found no
          {version: "2", policies: {p: {default: deny, hide: [a, ON]}}} | 1:56 /policies/p/hide/1: expected true or false, or a string in quotes; found ON
          a: !!str 5 | 1:4 /a: expected no tag; found "!tag:yaml.org,2002:str"
          a: [1 | 1:6: not valid YAML: expected ',' or ']', but got <stream end>
          """)
  void refusesWhatMakesYamlAmbiguous(String document, String problem) throws IOException {
    assertThat(problems("d.yaml", document)).isEqualTo("d.yaml: 1 problem\n  1. " + problem);
  }

  @Test
  void refusesLinesThatYamlIsSlowToRead() throws IOException {
    String long100k = "x".repeat(100_000 - 3);
    assertThat(problems("d.yaml", "a: " + long100k + "\nb: 1\n")).doesNotContain("100,000");
    assertThat(problems("d.yaml", "a: 1\nb: x" + long100k + "\n"))
        .isEqualTo(
            "d.yaml: 1 problem\n  1. 2:1: expected lines of at most 100,000 characters, as this is"
                + " YAML; found a longer one");
    assertThat(problems("d.json", "{\"a\": \"" + long100k + long100k + "\"}"))
        .doesNotContain("100,000");
  }

  @Test
  void saysWhyAFileCannotBeRead() throws IOException {
    assertThat(rejected(reader.read(folder.resolve("none.json"))))
        .isEqualTo("none.json: 1 problem\n  1. expected a file that exists");
    Files.createDirectory(folder.resolve("folder.json"));
    assertThat(rejected(reader.read(folder.resolve("folder.json"))))
        .isEqualTo("folder.json: 1 problem\n  1. expected a file, and no folder");
    assertThat(problems("d.txt", "{}"))
        .isEqualTo(
            "d.txt: 1 problem\n" + "  1. expected a file whose name ends in .json, .yaml or .yml");
    assertThat(problems("d.json", ""))
        .isEqualTo("d.json: 1 problem\n  1. 1:1: expected an object; found nothing");
    assertThat(problems("d.json", "\uFEFF{}"))
        .isEqualTo("d.json: 1 problem\n  1. expected UTF-8 without a byte order mark");
    Files.write(folder.resolve("d.json"), new byte[] {'"', (byte) 0xC3, '"'});
    assertThat(rejected(reader.read(folder.resolve("d.json"))))
        .isEqualTo("d.json: 1 problem\n  1. expected a file in UTF-8");
    assertThat(problems("[".repeat(100)))
        .isEqualTo(
            "d.json: 1 problem\n  1. 1:66: expected at most 64 levels of nesting; found more");
    assertThat(problems(" ".repeat(Folder.LARGEST + 1)))
        .isEqualTo("d.json: 1 problem\n  1. expected a file of at most 10 MB");
  }

  @Test
  void refusesAFileThatLinksOutside() throws IOException {
    Path outside = Files.createTempFile("outside", ".js");
    try {
      Files.createSymbolicLink(folder.resolve("s.js"), outside);
      assertThat(
              problems(
                  """
                  {"version": "2", "policies": {"p": {"default": "deny", "tools": {"t": {"script": {"file": "s.js"}}}}}}
                  """))
          .isEqualTo(
              "d.json: 1 problem\n"
                  + "  1. 1:91 /policies/p/tools/t/script/file: expected a file in the document's"
                  + " folder; found \"s.js\", which links to a file outside");
    } finally {
      Files.delete(outside);
    }
  }

  @Test
  void checksGrantsAgainstTheDocument() throws IOException {
    String sha = "a".repeat(64);
    assertThat(
            problems(
                """
                {"version": "2", "policies": {"p": {"default": "deny"}}, "grants": {
                "g": {"token": {"sha256": "%s"}, "servers": {"s": "q"}},
                "h": {"token": {"sha256": "%s"}, "servers": {}, "expires": "soon"}}}
                """
                    .formatted(sha, sha)))
        .isEqualTo(
            "d.json: 4 problems\n"
                + "  1. 2:108 /grants/g/servers/s: expected the name of a server; found \"s\", but"
                + " the document has none\n"
                + "  2. 2:113 /grants/g/servers/s: expected the name of a policy; found \"q\", but"
                + " there is only p\n"
                + "  3. 3:27 /grants/h/token/sha256: expected a token of its own; found that of the"
                + " grant \"g\"\n"
                + "  4. 3:122 /grants/h/expires: expected a time such as \"2027-06-30T00:00:00Z\";"
                + " found \"soon\"");
  }

  @Test
  void problemsOfAReferencedFileNameThatFile() throws IOException {
    write("one.json", "{\"version\": \"1\",\n \"default\": \"no\"}");
    assertThat(problems("{\"version\": \"2\", \"policies\": {\"p\": {\"file\": \"one.json\"}}}"))
        .isEqualTo(
            "one.json: 1 problem\n"
                + "  1. 2:13 /default: expected \"allow\" or \"deny\"; found \"no\"");
  }

  @Test
  void mutatedDocumentsNeverCrashTheReader() throws IOException {
    write("first.json", FIRST);
    write("s.js", "x");
    write("k", "hush");
    Random random = new Random(20261123);
    String alphabet = "{}[]\",:0123456789eE.+-*&!<>\n\t \\abctruenl@";
    for (int i = 0; i < 3000; i++) {
      StringBuilder text = new StringBuilder(i % 2 == 0 ? SECOND : FIRST);
      for (int change = random.nextInt(1, 6); change > 0; change--) {
        int at = random.nextInt(text.length());
        char c = alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(4)) {
          case 0 -> text.setCharAt(at, c);
          case 1 -> text.insert(at, c);
          case 2 -> text.deleteCharAt(at);
          default -> text.delete(at, Math.min(text.length(), at + random.nextInt(40)));
        }
      }
      Path file = write(i % 3 == 0 ? "d.yaml" : "d.json", text.toString());
      Reading reading = i % 2 == 0 ? reader.read(file) : reader.readPolicy(file, "p");
      if (reading instanceof Reading.Rejected rejected) {
        assertThat(rejected.problems()).isNotEmpty();
        assertThat(rejected.text()).doesNotContain("java.", "Exception", "hush", "s3cret");
      }
    }
  }

  @Test
  void theSchemaHoldsEveryLoadedKind() {
    var schema = Schema.of(kinds);
    assertThat(schema.path("$defs").path("rules").path("properties").fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder(
            "approval", "broken", "deny", "deny_if", "limits", "rate_limit", "require", "script");
    assertThat(schema.at("/$defs/dev.tollbar.api.Condition/properties/not/$ref").textValue())
        .isEqualTo("#/$defs/dev.tollbar.api.Condition");
    assertThat(schema.at("/$defs/rules/properties/rate_limit/anyOf/0/required").toString())
        .isEqualTo("[\"max\",\"window\"]");
  }
}
