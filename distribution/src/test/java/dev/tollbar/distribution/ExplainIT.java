package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code tollbar explain}: what the documentation shows. */
@ExtendWith(Fixtures.class)
class ExplainIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path data;

  private Finished explain(Archive archive, String args, String... more)
      throws IOException, InterruptedException {
    List<String> words = new ArrayList<>(List.of("explain", "--tool", "create_refund"));
    words.addAll(
        List.of("--document", archive.home().resolve("policies/refund-ceiling.yaml").toString()));
    words.addAll(List.of("--args", args, "--clock", "2026-11-26T10:00:00Z"));
    words.addAll(List.of("--data", data.resolve("data").toString()));
    words.addAll(List.of(more));
    return archive.run(words.toArray(String[]::new));
  }

  @Test
  void saysWhatEveryRuleSawAndSaid(Archive archive) throws Exception {
    Finished asked = explain(archive, "{\"amount\":250,\"reason\":\"late\"}");

    assertThat(asked.exitCode()).isZero();
    assertThat(asked.err()).isEmpty();
    assertThat(asked.out().replaceFirst("revision [0-9a-f]{64}", "revision R"))
        .isEqualTo(
            """
            tools/call create_refund on default by grant local at 2026-11-26T10:00:00Z
            arguments {"amount":250,"reason":"late"}
            the tool as not seen in the server's own list: no category, no annotations
            policy refunds
            revision R
            listed by create_refund

              1. refund-reason (/policies/refunds/tools/create_refund/require/0)  require  permit
                   args.reason exists true, found "late": holds
                   args.amount gt 0, found 250: holds
              2. refund-ceiling (/policies/refunds/tools/create_refund/deny_if/0)  deny_if  permit
                   args.amount gt 500, found 250: does not hold
              3. /policies/refunds/tools/create_refund/approval  approval  ask
                   args.amount gt 100, found 250: holds
                   people would ask whoever decides by the command line or the admin page: one person, within 30m
              4. refund-day (/policies/refunds/tools/create_refund/limits/0)  limits  permit
                   counter 5000.00 per day for server default, grant local: 0.00 used, 5000.00 left; asked for 250 by args.amount; begins anew at 2026-11-27T00:00:00Z

            ask: people must approve, for /policies/refunds/tools/create_refund/approval
            """);
    assertThat(Files.exists(data.resolve("data"))).isFalse();
  }

  @Test
  void argumentsMayStandInAFile(Archive archive) throws Exception {
    Path file =
        Files.writeString(data.resolve("args.json"), "{ \"amount\": 250, \"reason\": \"late\" }\n");

    assertThat(explain(archive, "@" + file).out())
        .contains("arguments {\"amount\":250,\"reason\":\"late\"}\n");
  }

  @Test
  void rulesAfterTheFirstDenialAreNotReached(Archive archive) throws Exception {
    JsonNode json = JSON.readTree(explain(archive, "{}", "--format", "json").out());

    assertThat(json.at("/decision").asText()).isEqualTo("deny");
    assertThat(explain(archive, "{}").out())
        .contains("args.reason exists true, found nothing: does not hold")
        .contains(
            "4. refund-day (/policies/refunds/tools/create_refund/limits/0)  limits  not reached")
        .endsWith("deny (rule) by refund-reason: Give a reason and an amount above 0.\n");
  }

  @Test
  void saysWhatTheInputSchemaSaysOfTheArguments(Archive archive) throws Exception {
    String schema = "{\"properties\":{\"amount\":{\"type\":\"integer\"}}}";
    String args = "{\"amount\":2.5,\"reason\":\"late\"}";

    assertThat(explain(archive, args, "--input-schema", schema).out())
        .contains(
            "arguments do not fit the tool's input schema: args.amount must be a whole number, but"
                + " is a number\n")
        .endsWith(
            "deny (rule) by (input schema): The arguments do not fit the tool's input schema:"
                + " args.amount must be a whole number, but is a number.\n");
    assertThat(
            JSON.readTree(
                    explain(archive, args, "--input-schema", schema, "--format", "json").out())
                .at("/argument_check/found")
                .asText())
        .isEqualTo("differs");
  }

  @Test
  void argumentsThatAreNoneAreRefused(Archive archive) throws Exception {
    assertThat(explain(archive, "[1]"))
        .isEqualTo(new Finished(2, "", "tollbar: --args: expected a JSON object; found a list.\n"));
  }
}
