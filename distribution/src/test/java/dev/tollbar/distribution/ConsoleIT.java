package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
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

  /** What it was sent. */
  private static final LinkedBlockingQueue<String> RECEIVED = new LinkedBlockingQueue<>();

  private static HttpServer receiver;

  /** What the receiver of webhooks answers: by 410 a message is given up at once. */
  private static volatile int receives = 410;

  private static RunningGateway gateway;
  private static FutureTask<Browser> opening;
  private static Browser browser;
  private static JavaClient agent;
  private static JavaClient everything;
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
    Path profile = Files.createDirectories(work.resolve("profile"));
    opening = new FutureTask<>(() -> Browser.open(chromium.get(), profile));
    Thread.ofVirtual().start(opening); // while the gateway starts
    receiver = receiver();
    gateway = RunningGateway.serve(archive, work, List.of("--document", document(npm).toString()));
    login =
        gateway.announcement().stream()
            .filter(line -> line.startsWith("tollbar: console on "))
            .map(line -> line.substring("tollbar: console on ".length()))
            .findFirst()
            .orElseThrow();
    api = new AdminClient(gateway.admin(), token());
    agent = JavaClient.overHttp(gateway.url("files"), LAPTOP.token());
    agent.mcp().listTools();
    everything = JavaClient.overHttp(gateway.url("everything"), LAPTOP.token());
    browser = opening.get();
    browser.go(login);
    browser.see("main#content");
  }

  private static HttpServer receiver() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          RECEIVED.add(
              new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(receives, -1);
          exchange.close();
        });
    server.start();
    return server;
  }

  private static Path document(NpmPackages npm) throws IOException {
    Files.writeString(work.resolve("ops.key"), "whsec_c2VjcmV0LW9mLXRoZS10ZXN0cw==");
    return Files.writeString(
        work.resolve("gateway.yaml"),
        Resources.text("console.yaml")
            .replace("EVERYTHING", npm.everything().subList(1, 3).toString())
            .replace("FILES", npm.filesystem(served).subList(1, 3).toString())
            .replace("RECEIVER", "http://127.0.0.1:" + receiver.getAddress().getPort() + "/")
            .replace("LAPTOP", LAPTOP.sha256())
            .replace("CI", CI.sha256()));
  }

  @AfterAll
  static void stop() throws Exception {
    if (opening != null) {
      opening.get().close();
    }
    if (everything != null) {
      everything.close();
    }
    if (agent != null) {
      agent.close();
    }
    if (gateway != null) {
      gateway.close();
    }
    if (receiver != null) {
      receiver.stop(0);
    }
  }

  @BeforeEach
  void comesFresh() {
    browser.size(1280, 800);
    browser.scheme("light");
    browser.go(console("approvals"));
    browser.script("scrollTo(0, 0)");
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
  void everythingCanBeDoneByKeyboard() throws Exception {
    browser.go("about:blank"); // else the browser goes on from where it was clicked last
    browser.go(console("approvals"));
    browser.see(".rail");
    FutureTask<CallToolResult> first = writes("first.md", "1");
    browser.until("document.querySelectorAll('.list .item .left').length === 1");
    FutureTask<CallToolResult> second = writes("second.md", "2");
    browser.until("document.querySelectorAll('.list .item .left').length === 2");

    browser.press(Keys.TAB);
    assertThat(focused()).isEqualTo("Skip to content");
    browser.press(Keys.ENTER);
    assertThat(browser.script("return document.activeElement.id")).isEqualTo("content");
    browser.press("k");
    browser.says(".detail .tree", "first.md");
    browser.press("j");
    browser.says(".detail .tree", "second.md");
    browser.press("c");
    browser.press("Not now, add a date.");
    browser.press(Keys.ESCAPE);
    browser.press("d");
    assertThat(focused()).startsWith("Deny");
    assertThat(second).isNotDone();
    browser.press(Keys.ENTER);
    assertThat(JavaClient.text(second.get())).endsWith("Not now, add a date.");
    browser.press("k");
    browser.says(".detail .tree", "first.md");
    browser.press(Keys.chord(Keys.CONTROL, "a"));
    assertThat(focused()).doesNotStartWith("Approve");
    browser.press("a");
    browser.press(Keys.ENTER);
    assertThat(JavaClient.text(first.get())).startsWith("Successfully wrote to");
  }

  private static String focused() {
    return String.valueOf(browser.script("return document.activeElement.innerText"));
  }

  /** The browser's part is played: it shows nothing without a desktop. */
  @Test
  void notifiesWhoLooksElsewhere() throws Exception {
    browser.script(
        """
        window.shown = [];
        window.Notification = class {
          static permission = 'granted';
          constructor(title, options) { this.title = title; Object.assign(this, options); window.shown.push(this); }
        };
        Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
        """);
    FutureTask<CallToolResult> call = writes("noticed.md", "Notice me.");

    browser.until("window.shown.length === 1");
    assertThat(browser.script("return window.shown[0].title + ': ' + window.shown[0].body"))
        .isEqualTo("laptop asks: write_file: The agent writes a file of the project.");
    browser.until("document.title === '(1) Tollbar'");
    browser.go(console("stack"));
    browser.script("window.shown[0].onclick(); delete document.hidden;");
    browser.says("#asked", "write_file");
    assertThat(browser.url()).startsWith(console("approvals/ap_"));
    browser.click("#deny");
    assertThat(call.get().isError()).isTrue();
  }

  @Test
  void showsWhatIsOtherThanInTheLastCallLikeIt() throws Exception {
    FutureTask<CallToolResult> before = writes("compared.md", "One line.");
    browser.says(".detail .tree", "One line.");
    browser.click("#approve");
    before.get();
    FutureTask<CallToolResult> call = writes("compared.md", "Two lines.\nReally.");

    browser.says(".detail .tree", "Really.");
    browser.says("#compared", "Other than in the last call like this");
    assertThat(browser.texts("#compared li")).hasSize(1);
    assertThat(browser.see("#compared del").getText()).isEqualTo("One line.");
    assertThat(browser.see("#compared ins").getText()).isEqualTo("Two lines.\nReally.");
    assertThat(browser.see("#compared .hint").getText()).isEqualTo("One other value is the same.");
    browser.click("#deny");
    assertThat(call.get().isError()).isTrue();
  }

  @Test
  void aGatewayThatIsGoneIsSaid(Archive archive, @TempDir Path folder) throws Exception {
    Path policy =
        Files.writeString(folder.resolve("p.json"), "{\"version\":\"1\",\"default\":\"deny\"}");
    try (RunningGateway other =
        RunningGateway.serve(
            archive, folder, List.of("--policy", policy.toString(), "--", "cat"))) {
      browser.go(other.admin() + "/console/#token=" + other.firstToken());
      browser.says(".live", "live");
      browser.says(".empty", "Nobody is waiting");

      other.kill();

      browser.says(".gone", "The gateway does not answer, since ");
      assertThat(browser.see(".health").getText()).isEqualTo("No answer");
    } finally {
      browser.go("about:blank");
      browser.go(console("approvals"));
      browser.see("main#content");
      browser.complaints(); // the browser reports every attempt
    }
  }

  @Test
  void showsDecisionsAsTheyAreMadeAndFiltersThem() {
    browser.go(console("traffic"));
    browser.see(".records tbody tr");
    everything.call("get-sum", Map.of("a", 1, "b", 2));
    everything.call("get-env", Map.of());

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
    everything.call("get-sum", Map.of("a", 1000, "b", 2));
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
    browser.fill("#find", "Write");
    browser.says(".find", "1 of 14 tools");
    assertThat(browser.texts(".matrix tbody th")).containsExactly("write_file");
    browser.fill("#find", "none like this");
    browser.says(".find", "0 of 14 tools");
  }

  private static FutureTask<CallToolResult> echoes(String message) {
    FutureTask<CallToolResult> call =
        new FutureTask<>(() -> everything.call("echo", Map.of("message", message)));
    Thread.ofVirtual().start(call);
    return call;
  }

  private static String received() throws InterruptedException {
    return String.valueOf(RECEIVED.poll(30, TimeUnit.SECONDS));
  }

  @Test
  void messagesThatNoWebhookTakesAreTriedAgainOrForgotten() throws Exception {
    receives = 410;
    browser.go(console("stack"));
    browser.see(".matrix");
    FutureTask<CallToolResult> first = echoes("one");
    assertThat(received()).contains("approval.requested", "\"message\":\"one\"");

    browser.says("#dead", "status 410");
    assertThat(browser.texts("#dead tbody tr")).hasSize(1);
    assertThat(browser.see("#dead tbody tr").getText())
        .contains("ops", "ap_", "requested", "1 attempt");
    browser.says(".troubles", "webhook ops 1 message given up, the last: status 410");
    receives = 202;
    browser.click("#dead button:first-child");
    assertThat(received()).contains("\"message\":\"one\"");
    browser.until("document.querySelector('#dead') === null");
    assertThat(lastAction().path("action").asText()).isEqualTo("redeliver");

    receives = 410;
    FutureTask<CallToolResult> second = echoes("two");
    assertThat(received()).contains("\"message\":\"two\"");
    browser.says("#dead", "status 410");
    browser.click("#dead button:last-child");
    browser.until("document.querySelector('#dead') === null");
    assertThat(lastAction().path("action").asText()).isEqualTo("dismiss");
    assertThat(api.get("/dead-letters").path("items")).isEmpty();
    assertThat(RECEIVED).isEmpty();
    deniesWhatIsLeft();
    assertThat(first.get().isError()).isTrue();
    assertThat(second.get().isError()).isTrue();
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
    login(made.out().strip());

    browser.says(".detail", "Your role, viewer, may not decide approvals.");
    assertThat(browser.texts("#approve")).isEmpty();
    archive.run("admin", "token", "revoke", "eve", "--data", gateway.data().toString());
    browser.says(".login .wrong", "The session is over. Log in again.");
    login(token());
    browser.click("#deny");
    assertThat(call.get().isError()).isTrue();
    browser.complaints(); // the browser reports the login that failed
  }

  @Test
  void axeFindsNothingInBothColoursAndOnAPhone() throws Exception {
    FutureTask<CallToolResult> first = writes("release.md", "# Release\n\n1. Freeze");
    browser.says("#asked", "write_file");
    browser.click("#approve");
    first.get();
    browser.says(".list", "Approved, used");
    FutureTask<CallToolResult> call =
        writes("release.md", "# Release\n\n1. Freeze on Thursday\n2. Tag and build");
    browser.says(".group", "Pending");
    browser.see("#compared ins");
    check("approvals");
    browser.click(".list li:first-child a");
    check("one approval");
    browser.click("#deny");
    assertThat(call.get().isError()).isTrue();
    browser.go(console("traffic"));
    browser.click(".records tbody tr:last-child a");
    browser.see(".drawer h2");
    check("traffic");
    browser.go(console("stack/files"));
    browser.see(".page section:last-of-type tbody tr");
    browser.click("button[data-for='write_file laptop']");
    browser.see(".page .told");
    check("stack");
    browser.go(console("policy"));
    browser.see(".lines");
    browser.click(".revisions li:last-child a");
    browser.see(".told .hint, .told .diff");
    check("policy");
    browser.click("button[aria-label='Log out']");
    browser.fill("#token", "tba_wrong");
    browser.click("button[type=submit]");
    browser.see(".wrong");
    check("login");
    login(token());
    browser.complaints(); // the browser reports the login that failed
  }

  /** Widths change no colours, and colours no places: two looks see both. */
  private static void check(String view) {
    assertThat(violations()).as(view).isEmpty();
    browser.scheme("dark");
    browser.size(390, 844);
    assertThat(violations()).as(view + ", dark, on a phone").isEmpty();
    assertThat(browser.script("return document.documentElement.scrollWidth - innerWidth"))
        .as(view)
        .isEqualTo(0L);
    browser.scheme("light");
    browser.size(1280, 800);
  }

  private static String token() {
    return URI.create(login).getFragment().substring("token=".length());
  }

  private static void login(String token) {
    browser.fill("#token", token);
    browser.click("button[type=submit]");
    browser.see(".rail");
  }

  @Test
  @EnabledIfSystemProperty(named = "tollbar.pictures", matches = "true")
  void picturesThePages() throws Exception {
    Path file = work.resolve("gateway.yaml");
    String before = Files.readString(file);
    try (JavaClient ci = JavaClient.overHttp(gateway.url("files"), CI.token())) {
      everything.call("get-env", Map.of());
      for (int i = 1; i <= 5; i++) {
        everything.call("get-sum", Map.of("a", i, "b", 2));
        agent.call("read_text_file", Map.of("path", served.resolve("plan.md").toString()));
        ci.call("list_directory", Map.of("path", served.toString()));
      }
      ci.call("write_file", Map.of("path", "notes/plan.md", "content", "Mine."));
      agent.call("move_file", Map.of("source", "plan.md", "destination", "old.md"));
      everything.call("get-sum", Map.of("a", 1000, "b", 2));
    }
    FutureTask<CallToolResult> last = notes("# Release\n\n1. Freeze on Friday\n2. Tag and build");
    browser.says("#asked", "write_file");
    browser.click("#approve");
    last.get();
    browser.says(".list", "Approved, used");
    FutureTask<CallToolResult> call =
        notes("# Release\n\n1. Freeze on Thursday\n2. Tag and build\n3. Tell support");
    browser.see("#compared ins");
    browser.says("#asked", "write_file");
    picture("approvals", "light");
    assertThat(call).isNotDone();
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

  private static FutureTask<CallToolResult> notes(String text) {
    FutureTask<CallToolResult> call =
        new FutureTask<>(
            () -> agent.call("write_file", Map.of("path", "notes/release.md", "content", text)));
    Thread.ofVirtual().start(call);
    return call;
  }

  private static void picture(String view, String scheme) throws IOException {
    browser.picture(Path.of("docs", "console-" + view + "-" + scheme + ".png"));
  }

  private static List<?> violations() {
    if (!Boolean.TRUE.equals(browser.script("return 'axe' in window"))) {
      browser.script(axe);
    }
    return (List<?>)
        browser.asyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'] }).then(
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
    return gateway.lines();
  }
}
