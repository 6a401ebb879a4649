package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code validate_arguments: true} in front of server-everything. */
@ExtendWith(Fixtures.class)
class ArgumentsIT {

  @Test
  void checksArgumentsByWhatTheServerListsBeforeAnyRule(
      Archive archive, NpmPackages npm, @TempDir Path work)
      throws IOException, InterruptedException {
    List<String> words =
        new ArrayList<>(
            List.of("--policy", Resources.copy("arguments.yaml", work).toString(), "--"));
    words.addAll(npm.everything());
    try (RunningGateway gateway = RunningGateway.serve(archive, work, words);
        JavaClient client = JavaClient.overHttp(gateway.url(), "")) {
      client.mcp().listTools();

      assertThat(JavaClient.text(client.call("get-sum", Map.of("a", 100, "b", 1))))
          .isEqualTo("The sum of 100 and 1 is 101.");
      assertThat(JavaClient.text(client.call("get-sum", Map.of("a", "100.01"))))
          .isEqualTo(
              "[POLICY DENIED] The arguments do not fit the tool's input schema: args.a must be a number,"
                  + " but is a string; args.b is missing.");
      assertThat(JavaClient.text(client.call("get-sum", Map.of("a", 100.01, "b", 1))))
          .isEqualTo("[POLICY DENIED] Sums above 100 need finance.");

      List<JsonNode> denied = new ArrayList<>();
      for (String line : Files.readAllLines(gateway.data().resolve("decisions.jsonl"))) {
        JsonNode record = JsonMapper.builder().build().readTree(line);
        if (record.path("rule").asText("").equals("(input schema)")) {
          denied.add(record);
        }
      }
      assertThat(denied).hasSize(1);
      assertThat(denied.getFirst().path("code").asText()).isEqualTo("rule");
      assertThat(denied.getFirst().toString()).doesNotContain("100.01");
    }
  }
}
