package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Fixtures.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class DemoIT {
  private static final String RULES = "/policies/live2d/tools/";
  private static final int USUAL_PORT = 7400;

  @Test
  void showsWhatBecameOfEachCallAndTheRuleThatDecided(Archive archive, @TempDir Path work)
      throws IOException, InterruptedException {
    Path data = work.resolve("data");

    Finished demo = archive.run("demo", "--once", "--data", data.toString());

    assertThat(demo.exitCode()).as("%s%s", demo.out(), demo.err()).isZero();
    Iterator<String> lines =
        demo.out().lines().filter(line -> !line.startsWith("(the next limit counts")).iterator();
    assertThat(lines.next())
        .isEqualTo("Tollbar in front of an MCP server with the tools of a Live2D studio");
    assertThat(lines.next())
        .isEqualTo("policy: " + archive.home().toRealPath().resolve("policies/demo.yaml"));
    assertThat(lines.next()).matches("gateway: http://127\\.0\\.0\\.1:\\d+/mcp/live2d");
    assertThat(lines.next())
        .isEqualTo("tools/list: 16 of the server's 17 tools; hidden: resume_cubism_dispatch");
    assertThat(lines.next()).isEmpty();
    assertCalls(lines, data);
    assertThat(lines.next()).isEmpty();
    assertThat(lines.next())
        .isEqualTo("Each call has left a decision record in " + data.resolve("decisions.jsonl"));
    assertThat(lines.next()).isEqualTo("The one of the 61st close_session:");
    assertRecord(lines.next(), data);
    assertThat(lines).isExhausted();
  }

  private static void assertCalls(Iterator<String> lines, Path data) {
    assertThat(lines.next()).isEqualTo(line("", "call", "rule", "what the agent reads"));
    assertThat(lines.next())
        .startsWith(
            line("allowed", "analyze_photo", "(listed)", "{\"session_id\":\"session-0001\""));
    assertThat(lines.next())
        .isEqualTo(
            line(
                "allowed",
                "close_session (1 to 60)",
                RULES + "close_session/limits/0",
                "{\"session_id\":\"session-0001\",\"closed\":true,\"was_open\":false}"));
    assertThat(lines.next())
        .matches(
            Pattern.quote(
                    line(
                        "limited",
                        "close_session (61)",
                        RULES + "close_session/limits/0",
                        "[POLICY DENIED] Limit reached: 60 per minute. Try again in "))
                + "\\d+ s\\.");
    assertThat(lines.next())
        .isEqualTo(
            line(
                "denied",
                "execute_cubism_dispatch",
                RULES + "execute_cubism_dispatch/deny",
                "[POLICY DENIED] Cubism Editor is run by people."));
    assertThat(lines.next())
        .isEqualTo(
            line(
                "denied",
                "create_mesh",
                "(default deny)",
                "[POLICY DENIED] The policy does not permit this tool."));
    assertThat(lines.next())
        .isEqualTo(
            line(
                "denied",
                "resume_cubism_dispatch",
                "(hidden)",
                "[POLICY DENIED] This tool is not available."));
    assertThat(lines.next())
        .isEqualTo(
            line(
                "refused",
                "full_pipeline to /etc",
                RULES + "full_pipeline/script",
                "[POLICY DENIED] Models go into a folder of their own under exports/."));
    assertThat(lines.next())
        .startsWith(
            line(
                "allowed",
                "full_pipeline to exports/",
                RULES + "full_pipeline/script",
                "{\"session_id\":\"session-0002\",\"files\":["));
    assertThat(lines.next())
        .isEqualTo(
            line(
                "held",
                "export_model",
                RULES + "export_model/approval",
                "(nothing yet: the call waits)"));
    assertThat(lines.next())
        .matches(
            " {10}\\$ tollbar approvals approve ap_[A-Za-z0-9_-]+ --data "
                + Pattern.quote(data.toString()));
    assertThat(lines.next())
        .startsWith(
            line(
                "approved",
                "export_model",
                RULES + "export_model/approval",
                "{\"session_id\":\"session-0002\",\"files\":["));
  }

  private static String line(String word, String call, String rule, String text) {
    return "%-8s  %-26s  %-51s  %s".formatted(word, call, rule, text);
  }

  private static void assertRecord(String line, Path data) throws IOException {
    JsonNode record = new ObjectMapper().readTree(line);

    assertThat(record.get("decision").textValue()).isEqualTo("deny");
    assertThat(record.get("code").textValue()).isEqualTo("limit");
    assertThat(record.get("rule").textValue()).isEqualTo(RULES + "close_session/limits/0");
    assertThat(Files.readAllLines(data.resolve("decisions.jsonl"))).contains(line);
  }

  @Test
  void keepsServingUntilItIsStoppedAndLeavesNoProcessBehind(Archive archive, @TempDir Path work)
      throws IOException, InterruptedException {
    List<String> said = new ArrayList<>();
    List<ProcessHandle> children;
    String url;
    ServerSocket taken = taken();
    Process demo =
        archive.command("demo", "--data", work.toString()).redirectErrorStream(true).start();
    try (taken) {
      url = awaitServing(demo.inputReader(StandardCharsets.UTF_8), said);
      children = demo.descendants().toList();
    } finally {
      demo.destroy();
    }

    assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(children).hasSizeGreaterThanOrEqualTo(2).noneMatch(ProcessHandle::isAlive);
    assertThat(url).doesNotContain(":" + USUAL_PORT + "/");
    assertThat(said)
        .contains(
            "(port 7400 is taken: this gateway has port "
                + url.replaceAll(".*:(\\d+)/.*", "$1")
                + ", for this time only)",
            "  {\"mcpServers\":{\"live2d\":{\"url\":\"" + url + "\"}}}",
            "  {\"servers\":{\"live2d\":{\"type\":\"http\",\"url\":\"" + url + "\"}}}")
        .anyMatch(line -> line.contains("\"stdio\",\"--policy\""));
  }

  /** The usual port, taken by this test or by somebody else. */
  private static ServerSocket taken() throws IOException {
    try {
      return new ServerSocket(USUAL_PORT, 1, InetAddress.getLoopbackAddress());
    } catch (BindException _) {
      return new ServerSocket();
    }
  }

  private static String awaitServing(BufferedReader out, List<String> said) throws IOException {
    Pattern serving =
        Pattern.compile("Serving (http://\\S+) until Ctrl-C; the gateway's log is .*");
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.add(line);
      Matcher matcher = serving.matcher(line);
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    throw new IOException("The demo does not serve; it said: " + said);
  }
}
