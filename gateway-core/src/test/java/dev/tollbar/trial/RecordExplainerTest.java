package dev.tollbar.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Tool;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.identity.Grant;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.upstream.InputSchema;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why recorded calls are decided as they are. */
class RecordExplainerTest {
  @TempDir private Path folder;
  private Optional<InputSchema> schema = Optional.empty();
  private final RuleWatch watch = new RuleWatch(Duration.ofSeconds(5));
  private Revision revision;

  @BeforeEach
  void read() throws Exception {
    Path document =
        Files.writeString(
            folder.resolve("shop.yaml"),
            """
            version: "2"
            policies:
              shop:
                default: deny
                tools:
                  pay: { deny_if: { id: ceiling, conditions: [{ path: args.amount, op: gt, value: 500 }] } }
            """);
    Setting setting = new Setting();
    Reading reading =
        new DocumentReader(new Offline(new TrialKinds(), watch).context(setting, setting))
            .check(document);
    revision = ((Reading.Loaded) reading).revision();
    Files.writeString(
        folder.resolve("decisions.jsonl"),
        numbered(
                1,
                Records.call(
                    "pay",
                    "deny",
                    "\"argument_keys\":[\"amount\"],\"arguments_hmac\":\"d {\\\"amount\\\":501}\""))
            + "no record\n"
            + numbered(2, Records.call("pay", "permit", "\"argument_keys\":[]"))
            + numbered(
                3,
                Records.call("pay", "permit", "\"argument_keys\":[]")
                    .replace("tools/call", "tools/list")));
  }

  /** As the log has it: the number first. */
  private static String numbered(int seq, String record) {
    return record.replaceFirst("\\{", "{\"seq\":" + seq + ",");
  }

  @AfterEach
  void close() {
    revision.close();
    watch.close();
  }

  private RecordExplainer.Answer explain(String question) {
    return new RecordExplainer(watch, folder, text -> "d " + text)
        .explain(question.getBytes(StandardCharsets.UTF_8), new Known());
  }

  /** A gateway that has seen what {@link #schema} says. */
  private final class Known implements RecordExplainer.InForce {
    @Override
    public RecordExplainer.Answer with(Function<Revision, RecordExplainer.Answer> action) {
      return action.apply(revision);
    }

    @Override
    public List<Grant> grants() {
      return List.of();
    }

    @Override
    public Tool tool(String server, String name) {
      return Tool.named(name);
    }

    @Override
    public Optional<InputSchema> inputSchema(String server, String name) {
      return schema;
    }
  }

  @Test
  void argumentsThatTheToolDoesNotTakeAreDeniedAsTheGatewayDoes() throws Exception {
    schema = Optional.of(InputSchema.of(ExactJson.READER.readTree("{\"required\":[\"reason\"]}")));

    assertThat(explain("{\"record\": 2}"))
        .isInstanceOfSatisfying(
            RecordExplainer.Answer.Told.class,
            told -> {
              assertThat(told.json().at("/explanation/decision").asText()).isEqualTo("deny");
              assertThat(told.json().at("/explanation/rule").asText()).isEqualTo("(input schema)");
            });
  }

  @Test
  void tellsWhatEveryRuleSawOfTheArgumentsThatAreSent() {
    assertThat(explain("{\"record\": 1, \"arguments\": {\"amount\": 501}}"))
        .isInstanceOfSatisfying(
            RecordExplainer.Answer.Told.class,
            told -> {
              assertThat(told.json().at("/record/seq").asInt()).isEqualTo(1);
              assertThat(told.json().at("/same_revision").asBoolean()).isFalse();
              assertThat(told.json().at("/explanation/decision").asText()).isEqualTo("deny");
              assertThat(told.json().at("/explanation/rules/0/saw/0/text").asText())
                  .isEqualTo("gt 500, found 501: holds");
            });
  }

  @Test
  void takesTheArgumentsFromTheRecordIfItHasThem() {
    assertThat(explain("{\"record\": 2}"))
        .isInstanceOfSatisfying(
            RecordExplainer.Answer.Told.class,
            told ->
                assertThat(told.json().at("/explanation/decision").asText()).isEqualTo("permit"));
  }

  @Test
  void saysWhyThereIsNoExplanation() {
    assertThat(explain("{\"record\": 1}"))
        .isEqualTo(
            new RecordExplainer.Answer.Refused(
                409,
                "the record does not hold the arguments of its call; send them as \"arguments\""));
    assertThat(explain("{\"record\": 1, \"arguments\": {\"amount\": 500}}"))
        .isEqualTo(
            new RecordExplainer.Answer.Refused(
                409, "these are not the arguments of the recorded call: their digest differs"));
    assertThat(explain("{\"record\": 3}"))
        .isEqualTo(
            new RecordExplainer.Answer.Refused(409, "no policy judges the call of this record"));
    assertThat(explain("{\"record\": 4}"))
        .isEqualTo(new RecordExplainer.Answer.Refused(404, "there is no record with the seq 4"));
  }

  @Test
  void aQuestionThatIsNoneIsAnsweredWithWhatIsExpected() {
    for (String question :
        List.of(
            "",
            "[]",
            "{\"record\": \"1\"}",
            "{\"record\": 1, \"args\": {}}",
            "{\"record\": 1} 2")) {
      assertThat(explain(question))
          .isEqualTo(
              new RecordExplainer.Answer.Refused(
                  400,
                  "expected {\"record\": SEQ, \"arguments\": {…}}: the seq of a record, and the"
                      + " arguments of its call if the record does not hold them all"));
    }
  }
}
