package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists show what the policy does not hide, and every other byte of them stays. */
class ListsTest {
  private static final String TOOLS =
      "{ \"x-new\":1.50, \"tools\":[ {\"name\":\"pay\",\"annotations\":{\"destructiveHint\":true},"
          + "\"inputSchema\":{\"maximum\":1e400}} , {\"name\":\"drop_all\"} ,{\"name\":\"read\"}],"
          + "\"nextCursor\":\"page 2\",\"_meta\":{\"é\":null} }";
  private static final String SHOWN =
      "{ \"x-new\":1.50, \"tools\":[ {\"name\":\"pay\",\"annotations\":{\"destructiveHint\":true},"
          + "\"inputSchema\":{\"maximum\":1e400}} ,{\"name\":\"read\"}],"
          + "\"nextCursor\":\"page 2\",\"_meta\":{\"é\":null} }";
  private static final String LIST =
      TestGateway.request(1, "tools/list", "{\"cursor\":\"page 1\"}");

  private TestGateway gateway;
  private Knock session;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    Selector drop = Selector.of("drop_*", Section.TOOLS, true);
    SectionRules hiding = new SectionRules(false, List.of(drop), List.of(), List.of());
    Policy policy =
        new Policy(
            "p",
            false,
            Map.of(Section.TOOLS, hiding, Section.PROMPTS, hiding, Section.RESOURCES, hiding),
            List.of());
    gateway = TestGateway.in(data, policy);
    session = gateway.session();
  }

  @AfterEach
  void close() throws Exception {
    gateway.close();
  }

  @Test
  void dropsHiddenToolsAndNothingElse() {
    gateway.upstream.answersResult(TOOLS);

    RecordingClient client = gateway.post(session, LIST);

    assertThat(client.text()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + SHOWN + "}");
    assertThat(gateway.upstream.requests()).containsExactly(LIST);
    assertThat(gateway.records).hasSize(1);
  }

  @Test
  void dropsHiddenToolsInAStreamToo() {
    String log = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}";
    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event(log),
            FakeUpstream.event(
                ": c\nid: 9\nevent: message\n", FakeUpstream.result(message, TOOLS))));

    RecordingClient client = gateway.post(session, LIST);

    assertThat(client.said())
        .containsExactly(
            "data: " + log + "\n\n",
            ": c\nid: 9\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"id\":1,\"result\":"
                + SHOWN
                + "}\n\n");
  }

  @Test
  void learnsTheToolsThatItDoesNotShow() {
    gateway.upstream.answersResult(TOOLS);

    gateway.post(session, LIST);

    assertThat(gateway.server.catalog().tool("pay").category()).contains("destructive");
    assertThat(gateway.server.catalog().tool("drop_all").seen()).isTrue();
    assertThat(gateway.server.catalog().tool("other").seen()).isFalse();
  }

  @Test
  void showsNothingWithoutAPolicy() {
    gateway.upstream.answersResult(
        "{\"tools\":[{\"name\":\"a\"},{\"name\":\"b\"}],\"nextCursor\":\"2\"}");

    RecordingClient client = gateway.post(gateway.session(TestGateway.BARE), LIST);

    assertThat(client.text())
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[],\"nextCursor\":\"2\"}}");
  }

  @ParameterizedTest
  @CsvSource({
    "prompts/list, prompts, name",
    "resources/list, resources, uri",
    "resources/templates/list, resourceTemplates, uriTemplate",
  })
  void filtersTheOtherLists(String method, String member, String key) {
    gateway.upstream.answersResult(
        "{\"" + member + "\":[{\"" + key + "\":\"drop_1\"},{\"" + key + "\":\"keep\"}]}");

    RecordingClient client = gateway.post(session, TestGateway.request(1, method, "{}"));

    assertThat(client.text())
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\""
                + member
                + "\":[{\""
                + key
                + "\":\"keep\"}]}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"tools\":[{\"name\":\"drop_all\",\"name\":\"read\"}]}",
        "{\"tools\":[{\"title\":\"no name\"}]}",
        "{\"tools\":{}}",
        "{}",
        "[]",
      })
  void passesNoListThatItCannotRead(String result) {
    gateway.upstream.answersResult(result);

    RecordingClient client = gateway.post(session, LIST);

    assertThat(client.json().path("error").path("message").asText())
        .isEqualTo("The server behind the gateway gave an answer that is not MCP.");
    assertThat(client.text()).doesNotContain("drop_all");
    assertThat(gateway.records).hasSize(1);
  }

  @Test
  void anErrorInPlaceOfAListIsPassedOn() {
    gateway.upstream.answers(message -> FakeReply.of(FakeUpstream.error(message, -32602)));

    RecordingClient client = gateway.post(session, LIST);

    assertThat(client.error()).isEqualTo(-32602);
  }
}
