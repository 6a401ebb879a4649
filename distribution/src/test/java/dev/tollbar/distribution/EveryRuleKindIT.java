package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.distribution.NodeClient.Step;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code tollbar serve --policy FILE -- server-everything} with every rule kind in force. */
@ExtendWith(Fixtures.class)
class EveryRuleKindIT {
  private static final Pattern APPROVAL = Pattern.compile("ap_[A-Za-z0-9_-]+");

  private static RunningGateway gateway;
  private static JavaClient client;

  @BeforeAll
  static void start(Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    Resources.copy("city.js", work);
    List<String> arguments =
        new ArrayList<>(
            List.of("--policy", Resources.copy("every-kind.yaml", work).toString(), "--"));
    arguments.addAll(npm.everything());
    gateway = RunningGateway.serve(archive, work, arguments);
    client = JavaClient.overHttp(gateway.url(), "");
  }

  @AfterAll
  static void stop() {
    client.close();
    gateway.close();
  }

  @Test
  void saysWhereItListens() {
    assertThat(gateway.announcement())
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("tollbar: listening on " + gateway.url("default")),
            line -> assertThat(line).isEqualTo("tollbar: health and metrics on " + gateway.admin()),
            line ->
                assertThat(line)
                    .startsWith("tollbar: console on " + gateway.admin() + "/console/#token=tba_"),
            line ->
                assertThat(line)
                    .isEqualTo("tollbar: revision " + gateway.revision() + " is in force"));
  }

  @Test
  void hidesAToolAndDeniesIt() {
    assertThat(client.mcp().listTools().tools())
        .extracting(Tool::name)
        .contains("echo", "get-env")
        .doesNotContain("get-tiny-image");
    assertDenied("get-tiny-image", Map.of(), "hidden", "(hidden)", "This tool is not available.");
  }

  @Test
  void deniesWhatIsNotListed() {
    assertDenied(
        "toggle-simulated-logging",
        Map.of(),
        "default_deny",
        "(default deny)",
        "The policy does not permit this tool.");
  }

  @Test
  void denies(NodeClient node) throws IOException, InterruptedException {
    assertDenied(
        "get-env",
        Map.of(),
        "rule",
        "/policies/everything/tools/get-env/deny",
        "The environment holds secrets.");
    JsonNode seen =
        node.overHttp(gateway.url(), "", List.of(Step.call("get-env", Map.of()))).getLast();
    assertThat(seen.path("content").path(0).path("text").asText())
        .isEqualTo("[POLICY DENIED] The environment holds secrets.");
  }

  @Test
  void deniesInTheVeryWordsOfTheProtocol() throws IOException, InterruptedException {
    try (Wire wire = new Wire(gateway.url())) {
      HttpResponse<String> reply = wire.post(Wire.call(5, "get-env", "{}"), wire.begin(Map.of()));

      assertThat(reply.statusCode()).isEqualTo(200);
      assertThat(reply.body())
          .isEqualTo(
              """
              {"jsonrpc":"2.0","id":5,"result":{"content":[{"type":"text",\
              "text":"[POLICY DENIED] The environment holds secrets."}],"isError":true,\
              "_meta":{"dev.tollbar/denial":{"code":"rule",\
              "rule":"/policies/everything/tools/get-env/deny","final":true,"retryAfterMs":0}}}}\
              """);
    }
  }

  @Test
  void deniesUnlessConditionsHold() {
    assertPermitted("get-sum", Map.of("a", 100, "b", 1), "The sum of 100 and 1 is 101.");
    assertDenied(
        "get-sum",
        Map.of("b", 1),
        "rule",
        "/policies/everything/tools/get-sum/require/0",
        "Give a number above 0.");
  }

  @Test
  void deniesIfConditionsHold() {
    assertDenied(
        "get-sum",
        Map.of("a", 100.01, "b", 1),
        "rule",
        "sum-ceiling",
        "Sums above 100 need finance.");
  }

  @Test
  void deniesTheSixtyFirstCall() {
    for (int i = 1; i <= 60; i++) {
      assertPermitted("echo", Map.of("message", "call " + i), "Echo: call " + i);
    }
    CallToolResult denied = client.call("echo", Map.of("message", "call 61"));

    Map<String, Object> denial = denial(denied);
    assertThat(denial)
        .containsEntry("code", "limit")
        .containsEntry("rule", "sixty-echoes")
        .containsEntry("final", false);
    assertThat((Number) denial.get("retryAfterMs"))
        .extracting(Number::longValue)
        .matches(wait -> wait > 0 && wait <= 3_600_000);
    assertThat(JavaClient.text(denied)).startsWith("[POLICY DENIED] ");
  }

  @Test
  void limitsTheRateOfASession() {
    Map<String, Object> debug = Map.of("messageType", "debug");
    assertThat(client.call("get-annotated-message", debug).isError()).isNotEqualTo(true);
    assertThat(client.call("get-annotated-message", debug).isError()).isNotEqualTo(true);

    assertThat(denial(client.call("get-annotated-message", debug)))
        .containsEntry("code", "limit")
        .containsEntry("rule", "/policies/everything/tools/get-annotated-message/rate_limit");

    try (JavaClient other = JavaClient.overHttp(gateway.url(), "")) {
      assertThat(other.call("get-annotated-message", debug).isError()).isNotEqualTo(true);
    }
  }

  @Test
  void refusesByScript() {
    assertThat(client.call("get-structured-content", Map.of("location", "Chicago")).isError())
        .isNotEqualTo(true);
    assertDenied(
        "get-structured-content",
        Map.of("location", "New York"),
        "rule",
        "/policies/everything/tools/get-structured-content/script",
        "Chicago only.");
  }

  @Test
  void holdsACallUntilAPersonApproves(Archive archive) throws Exception {
    FutureTask<CallToolResult> held =
        new FutureTask<>(() -> client.call("get-resource-links", Map.of("count", 1)));
    Thread.ofVirtual().start(held);
    String id =
        Eventually.get(
                () ->
                    approvals(archive, "list")
                        .out()
                        .lines()
                        .filter(line -> line.contains("get-resource-links"))
                        .map(line -> line.substring(0, line.indexOf(' ')))
                        .toList(),
                ids -> !ids.isEmpty())
            .getFirst();
    assertThat(approvals(archive, "show", id).out())
        .contains("id:        " + id + "\n")
        .contains("status:    pending\n")
        .contains("grant:     local\n")
        .contains("server:    default\n")
        .contains("tool:      get-resource-links\n")
        .contains("arguments: {\"count\":1}\n")
        .contains("rule:      /policies/everything/tools/get-resource-links/approval\n")
        .contains("reason:    Links go out.\n");
    assertThat(held).isNotDone();

    Finished approved = approvals(archive, "approve", id, "--by", "ann");

    assertThat(approved).isEqualTo(new Finished(0, id + "  approved\n", ""));
    assertThat(JavaClient.text(held.get())).startsWith("Here are 1 resource links");
    assertThat(approvals(archive, "approve", id, "--by", "bob"))
        .isEqualTo(new Finished(2, "", "tollbar: approval " + id + " is used already.\n"));
  }

  @Test
  void tellsTheAgentThatAnApprovalIsPendingAndDeniesWhatAPersonDenies(Archive archive)
      throws Exception {
    Map<String, Object> text = Map.of("resourceType", "Text", "resourceId", 1);
    CallToolResult pending = client.call("get-resource-reference", text);

    assertThat(denial(pending))
        .containsEntry("code", "approval_pending")
        .containsEntry("rule", "/policies/everything/tools/get-resource-reference/approval")
        .containsEntry("final", false);
    Matcher id = APPROVAL.matcher(JavaClient.text(pending));
    assertThat(id.find()).as(JavaClient.text(pending)).isTrue();

    assertThat(approvals(archive, "deny", id.group(), "--by", "ann", "--comment", "Not today."))
        .isEqualTo(new Finished(0, id.group() + "  denied\n", ""));

    CallToolResult denied = client.call("get-resource-reference", text);
    assertThat(denial(denied)).containsEntry("code", "approval_denied");
    assertThat(JavaClient.text(denied))
        .isEqualTo("[POLICY DENIED] A person has denied this call: Not today.");
  }

  @Test
  void letsARepeatedCallUseItsApprovalOnce(Archive archive) throws Exception {
    Map<String, Object> text = Map.of("resourceType", "Text", "resourceId", 2);
    Matcher id = APPROVAL.matcher(JavaClient.text(client.call("get-resource-reference", text)));
    assertThat(id.find()).isTrue();
    approvals(archive, "approve", id.group(), "--by", "ann");

    CallToolResult other =
        client.call("get-resource-reference", Map.of("resourceType", "Text", "resourceId", 3));
    CallToolResult same = client.call("get-resource-reference", text);
    CallToolResult again = client.call("get-resource-reference", text);

    assertThat(denial(other)).containsEntry("code", "approval_pending");
    assertThat(JavaClient.text(same)).startsWith("Returning resource reference for Resource 2");
    assertThat(denial(again)).containsEntry("code", "approval_pending");
  }

  private static Finished approvals(Archive archive, String... arguments) throws Exception {
    List<String> words = new ArrayList<>(List.of("approvals"));
    words.addAll(List.of(arguments));
    words.addAll(List.of("--data", gateway.data().toString()));
    return archive.run(words.toArray(String[]::new));
  }

  private static void assertPermitted(String tool, Map<String, Object> arguments, String text) {
    CallToolResult result = client.call(tool, arguments);
    assertThat(JavaClient.text(result)).isEqualTo(text);
    assertThat(result.isError()).isNotEqualTo(true);
  }

  private static void assertDenied(
      String tool, Map<String, Object> arguments, String code, String rule, String reason) {
    CallToolResult result = client.call(tool, arguments);
    assertThat(JavaClient.text(result)).isEqualTo("[POLICY DENIED] " + reason);
    assertThat(denial(result))
        .isEqualTo(Map.of("code", code, "rule", rule, "final", true, "retryAfterMs", 0));
  }

  private static Map<String, Object> denial(CallToolResult result) {
    assertThat(result.isError()).as(JavaClient.text(result)).isTrue();
    Map<String, Object> denial = new HashMap<>();
    if (result.meta().get("dev.tollbar/denial") instanceof Map<?, ?> members) {
      members.forEach((name, value) -> denial.put(String.valueOf(name), value));
    }
    return denial;
  }
}
