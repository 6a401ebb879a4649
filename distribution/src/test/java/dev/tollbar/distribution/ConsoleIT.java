package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/**
 * The console in a real browser, in front of real servers. With {@code -Dtollbar.pictures=true} the
 * pages are pictured for the documentation.
 */
@ExtendWith(Fixtures.class)
class ConsoleIT {
  private static final Principal LAPTOP = new Principal("laptop");
  private static final Principal CI = new Principal("ci");

  private static Path work;
  private static Path served;
  private static RunningGateway gateway;
  private static Browser browser;
  private static JavaClient agent;
  private static String login;
  private static String axe;
  private static AdminClient api;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path folder) throws Exception {
    Optional<Chromium> chromium = Chromium.find();
    if (chromium.isEmpty() && !"true".equals(System.getenv("CI"))) {
      System.out.println("ConsoleIT " + Chromium.missing());
      abort(Chromium.missing());
    }
    assertThat(chromium).as(Chromium.missing()).isPresent();
    work = folder;
    served = Files.createDirectories(work.toRealPath().resolve("project"));
    Files.writeString(served.resolve("plan.md"), "The plan.");
    axe = Files.readString(npm.folder().resolve("node_modules/axe-core/axe.min.js"));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document(npm).toString()));
    login =
        gateway.announcement().stream()
            .filter(line -> line.startsWith("tollbar: console on "))
            .map(line -> line.substring("tollbar: console on ".length()))
            .findFirst()
            .orElseThrow();
    api =
        new AdminClient(
            gateway.admin(), URI.create(login).getFragment().substring("token=".length()));
    agent = JavaClient.overHttp(gateway.url("files"), LAPTOP.token());
    agent.mcp().listTools();
    browser = Browser.open(chromium.get(), Files.createDirectories(work.resolve("profile")));
    browser.go(login);
    browser.see("main#content");
  }

  private static Path document(NpmPackages npm) throws IOException {
    return Files.writeString(
        work.resolve("gateway.yaml"),
        Resources.text("console.yaml")
            .replace("EVERYTHING", npm.everything().subList(1, 3).toString())
            .replace("FILES", npm.filesystem(served).subList(1, 3).toString())
            .replace("LAPTOP", LAPTOP.sha256())
            .replace("CI", CI.sha256()));
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
    if (agent != null) {
      agent.close();
    }
    if (gateway != null) {
      gateway.close();
    }
  }

  @BeforeEach
  void comesFresh() {
    browser.size(1280, 800);
    browser.scheme("light");
    browser.go(console("approvals"));
    browser.complaints();
  }

  /** A call that is still held would be in the way of the next test. */
  @AfterEach
  void deniesWhatIsLeft() throws Exception {
    for (JsonNode left : api.get("/approvals?status=pending").path("items")) {
      api.post("/approvals/" + left.path("id").asText() + "/decision", "{\"decision\":\"deny\"}");
    }
  }

  @AfterEach
  void leavesNoComplaint() {
    assertThat(browser.complaints())
        .filteredOn(line -> !line.contains("/api/v1/me") && !line.contains(" 409 "))
        .isEmpty();
  }

  private static String console(String place) {
    return gateway.admin() + "/console/#/" + place;
  }

  private static FutureTask<CallToolResult> writes(String file, String text) {
    FutureTask<CallToolResult> call =
        new FutureTask<>(() ->
            agent.call(
                "write_file", Map.of("path", served.resolve(file).toString(), "content", text)));
    Thread.ofVirtual().start(call);
    return call;
  }

  @Test
  void keepsTheTokenOfTheLinkOutOfTheAddress() {
    assertThat(login).contains("#token=tba_");
    assertThat(browser.url()).isEqualTo(console("approvals"));
    assertThat(browser.script("return document.cookie")).isEqualTo("");
  }

  @Test
  void approvesAHeldCallAndTheAgentGetsItsAnswer() throws Exception {
    FutureTask<CallToolResult> call = writes("approved.md", "Approved by a person.");

    browser.says(".list", "write_file");
    browser.says("#asked", "laptop wants to call write_file on files");
    assertThat(browser.see(".detail .tree").getText())
        .contains("path", served.resolve("approved.md").toString(), "Approved by a person.");
    assertThat(call).isNotDone();
    browser.press("a");
    browser.press(Keys.ENTER);

    assertThat(JavaClient.text(call.get())).startsWith("Successfully wrote to");
    assertThat(served.resolve("approved.md")).hasContent("Approved by a person.");
    browser.until("document.querySelector('.rail .count') === null");
    browser.says(".list", "Approved, used");
    assertThat(lastAction().toString())
        .contains(
            "\"who\":\"first\"",
            "\"role\":\"admin\"",
            "\"action\":\"decide\"",
            "\"result\":\"done\"");
  }

  @Test
  void deniesAHeldCallWithACommentThatTheAgentReads() throws Exception {
    FutureTask<CallToolResult> call = writes("denied.md", "No.");

    browser.says("#asked", "write_file");
    browser.see("#comment").sendKeys("Not on a Friday.");
    browser.click("#deny");

    assertThat(JavaClient.text(call.get()))
        .isEqualTo("[POLICY DENIED] A person has denied this call: Not on a Friday.");
    assertThat(served.resolve("denied.md")).doesNotExist();
    browser.says(".list", "Denied");
  }

  @Test
  void showsDecisionsAsTheyAreMadeAndFiltersThem() {
    browser.go(console("traffic"));
    browser.see(".records tbody tr");
    try (JavaClient other = JavaClient.overHttp(gateway.url("everything"), LAPTOP.token())) {
      other.call("get-sum", Map.of("a", 1, "b", 2));
      other.call("get-env", Map.of());
    }

    browser.says(".records", "get-env");
    choose("Decision", "deny");
    choose("Server", "everything");
    browser.until(
        "document.querySelectorAll('.records tbody tr').length > 0"
            + " && [...document.querySelectorAll('.records tbody tr')].every("
            + "row => row.innerText.includes('everything') && !row.innerText.includes('Allowed'))");
    assertThat(browser.texts(".records tbody tr")).anyMatch(row -> row.contains("get-env"));
    choose("Tool", "get-env");
    browser.until(
        "[...document.querySelectorAll('.records tbody .name')].every("
            + "cell => cell.innerText === 'get-env')");
    assertThat(browser.see(".picture svg").getAttribute("aria-label"))
        .matches("Calls over time: \\d+ allowed, \\d+ limited, \\d+ asked, [1-9]\\d* denied");
  }

  private static void choose(String label, String value) {
    String option = "[data-field='%s'] option[value='%s']".formatted(label, value);
    browser.until("document.querySelector(\"" + option + "\") !== null");
    browser.script(
        """
        const select = document.querySelector(arguments[0]).closest('select');
        select.value = arguments[1];
        select.dispatchEvent(new Event('change', { bubbles: true }));
        """,
        option,
        value);
  }

  @Test
  void saysWhyACallWasDeniedAndTriesItAgain() {
    try (JavaClient other = JavaClient.overHttp(gateway.url("everything"), LAPTOP.token())) {
      other.call("get-sum", Map.of("a", 1000, "b", 2));
    }
    browser.go(console("traffic"));
    choose("Tool", "get-sum");
    choose("Code", "rule");
    browser.until("document.querySelectorAll('.records tbody tr').length === 1");
    browser.click(".records tbody a");

    browser.says(".drawer .reason", "Sums above 100 need finance.");
    assertThat(browser.texts(".drawer .trace li"))
        .anyMatch(said -> said.startsWith("permits") && said.contains("all_tools/limits/0"))
        .anyMatch(said -> said.startsWith("denies") && said.contains("get-sum/deny_if/0"));
    browser.click("#again");
    browser.says(".drawer .wrong", "send them as");
    browser.fill("#arguments", "{\"a\": 1000, \"b\": 3}");
    browser.click("#again");
    browser.says(".drawer .wrong", "their digest differs");
    browser.fill("#arguments", "{\"a\": 1000, \"b\": 2}");
    browser.click("#again");
    browser.says(".drawer .told", "the same revision");
    assertThat(browser.texts(".told .trace li")).anyMatch(said -> said.contains("args.a"));
  }

  @Test
  void showsWhatEachGrantMayDoWithEachTool() {
    browser.go(console("stack/files"));

    browser.says(".matrix", "write_file");
    assertThat(standing("write_file", "laptop")).isEqualTo("asked");
    assertThat(standing("write_file", "ci")).isEqualTo("hidden");
    assertThat(standing("move_file", "laptop")).isEqualTo("denied");
    assertThat(standing("read_text_file", "laptop")).isEqualTo("allowed");
    assertThat(standing("read_text_file", "ci")).isEqualTo("limited");
    browser.click("button[data-for='write_file laptop']");
    browser.says(".page .told", "approval: reason");
    assertThat(browser.texts(".card")).anyMatch(card -> card.startsWith("files\nup"));
    assertThat(browser.texts(".page section:last-of-type tbody tr"))
        .anyMatch(row -> row.contains("20 per hour") && row.contains("20 of 20"));
  }

  private static String standing(String tool, String grant) {
    return browser.see("button[data-for='" + tool + " " + grant + "'] .word").getText();
  }

  @Test
  void marksProblemsShowsWhatChangesAndRollsBack() throws Exception {
    Path file = work.resolve("gateway.yaml");
    String before = Files.readString(file);
    browser.go(console("policy"));
    browser.says(".lines", "version: \"2\"");

    Files.writeString(file, before.replace("move_file: { deny:", "move_file: { deni:"));
    browser.says(".troubles", "unknown rule kind \"deni\"");
    browser.click(".section-head button:last-child");
    assertThat(browser.see(".lines .bad .mark").getText()).contains("unknown rule kind \"deni\"");

    Files.writeString(
        file,
        before.replace(
            "move_file: { deny: { reason: \"Files are moved by people.\" } }", "move_file: {}"));
    browser.until("document.querySelectorAll('.revisions li').length >= 2");
    browser.click(".revisions li:nth-child(2) a");
    browser.says(".diff", "move_file");
    assertThat(browser.see(".diff li").getText()).contains("denied", "allowed", "looser");
    browser.click("#rollback");
    browser.click("#sure");
    browser.says(".revisions li:first-child", "back again");
    assertThat(file).hasContent(before);
    assertThat(lastAction().path("action").asText()).isEqualTo("rollback");
  }

  @Test
  void worksOnAPhone() throws Exception {
    browser.size(390, 844);
    FutureTask<CallToolResult> call = writes("phone.md", "From a phone.");
    browser.says(".group", "Pending");
    browser.click(".list li:first-child a");
    browser.click("#approve");
    assertThat(JavaClient.text(call.get())).startsWith("Successfully wrote to");

    for (String view : List.of("approvals", "traffic", "stack", "policy")) {
      browser.go(console(view));
      browser.see("h1");
      assertThat(browser.script("return document.documentElement.scrollWidth - innerWidth"))
          .as(view)
          .isEqualTo(0L);
    }
  }

  @Test
  void aViewerSeesAllAndDecidesNothing(Archive archive) throws Exception {
    Finished made =
        archive.run(
            "admin",
            "token",
            "create",
            "eve",
            "--role",
            "viewer",
            "--data",
            gateway.data().toString());
    FutureTask<CallToolResult> call = writes("viewed.md", "Seen.");
    browser.click("button[aria-label='Log out']");
    browser.see("#token").sendKeys("tba_wrong");
    browser.click("button[type=submit]");
    browser.says(".wrong", "This is not an admin token");
    browser.fill("#token", made.out().strip());
    browser.click("button[type=submit]");

    browser.says(".detail", "Your role, viewer, may not decide approvals.");
    assertThat(browser.texts("#approve")).isEmpty();
    browser.click("button[aria-label='Log out']");
    browser.see("#token").sendKeys(URI.create(login).getFragment().substring("token=".length()));
    browser.click("button[type=submit]");
    browser.click("#deny");
    assertThat(call.get().isError()).isTrue();
    browser.complaints(); // the browser reports the login that failed
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void axeFindsNothing(String scheme) throws Exception {
    browser.scheme(scheme);
    FutureTask<CallToolResult> call =
        writes(
            "release.md", "# Release, " + scheme + "\n\n1. Freeze on Thursday\n2. Tag and build");
    browser.says("#asked", "write_file");
    check("approvals");
    browser.go(console("traffic"));
    browser.click(".records tbody tr:last-child a");
    browser.see(".drawer h2");
    check("traffic");
    browser.go(console("stack/files"));
    browser.see(".matrix");
    browser.see(".page section:last-of-type tbody tr");
    check("stack");
    browser.go(console("policy"));
    browser.see(".lines");
    browser.click(".revisions li:last-child a");
    browser.see(".told .hint, .told .diff");
    check("policy");
    browser.go(console("approvals"));
    browser.click("#deny");
    assertThat(call.get().isError()).isTrue();
  }

  private static void check(String view) {
    assertThat(violations()).as(view).isEmpty();
  }

  @Test
  @EnabledIfSystemProperty(named = "tollbar.pictures", matches = "true")
  void picturesThePages() throws Exception {
    Path file = work.resolve("gateway.yaml");
    String before = Files.readString(file);
    try (JavaClient other = JavaClient.overHttp(gateway.url("everything"), LAPTOP.token());
        JavaClient ci = JavaClient.overHttp(gateway.url("files"), CI.token())) {
      other.call("get-env", Map.of());
      for (int i = 1; i <= 5; i++) {
        other.call("get-sum", Map.of("a", i, "b", 2));
        agent.call("read_text_file", Map.of("path", served.resolve("plan.md").toString()));
        ci.call("list_directory", Map.of("path", served.toString()));
      }
      ci.call("write_file", Map.of("path", "notes/plan.md", "content", "Mine."));
      agent.call("move_file", Map.of("source", "plan.md", "destination", "old.md"));
      other.call("get-sum", Map.of("a", 1000, "b", 2));
    }
    FutureTask<CallToolResult> call =
        new FutureTask<>(() ->
            agent.call(
                "write_file",
                Map.of(
                    "path",
                    "notes/release.md",
                    "content",
                    "# Release\n\n1. Freeze on Thursday\n2. Tag and build\n3. Tell support")));
    Thread.ofVirtual().start(call);
    browser.says("#asked", "write_file");
    picture("approvals", "light");
    browser.go(console("traffic"));
    browser.see(".records tbody tr");
    browser.click(".records tbody tr:nth-child(1) a");
    browser.see(".drawer h2");
    browser.scheme("dark");
    picture("traffic", "dark");
    browser.scheme("light");
    browser.go(console("stack/files"));
    browser.see(".matrix");
    picture("stack", "light");
    Files.writeString(
        file,
        before
            .replace("deny: { reason: \"Files are moved by people.\" }", "approval: {}")
            .replace("max: 100,", "max: 50,"));
    browser.go(console("policy"));
    browser.until("document.querySelectorAll('.revisions li').length >= 2");
    browser.click(".revisions li:nth-child(2) a");
    browser.see(".diff");
    browser.script("document.querySelector('.code').scrollTop = 143");
    picture("policy", "light");
    Files.writeString(file, before);
    browser.until("document.querySelectorAll('.revisions li').length >= 3");
  }

  private static void picture(String view, String scheme) throws IOException {
    browser.picture(Path.of("docs", "console-" + view + "-" + scheme + ".png"));
  }

  private static List<?> violations() {
    browser.script(axe);
    return (List<?>)
        browser.asyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run(document).then(
              found => done(found.violations.map(it =>
                it.id + ': ' + it.nodes.map(node => node.html + ' ' + node.failureSummary).join('; '))),
              problem => done([String(problem)]));
            """);
  }

  private static JsonNode lastAction() throws IOException {
    return lines().stream()
        .filter(line -> line.path("event").asText().equals("admin"))
        .reduce((_, last) -> last)
        .orElseThrow();
  }

  private static List<JsonNode> lines() throws IOException {
    return gateway.decisions();
  }
}
