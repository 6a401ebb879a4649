package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lists, discovery and resources of 2026-07-28: filtered as in sessions, and never to be kept for
 * others.
 */
class ModernListsTest {
  private static final String LIST = ModernClient.request("1", "tools/list", "\"cursor\":\"p 1\"");
  private static final String FROM =
      "{ \"resultType\":\"complete\",\"ttlMs\":60000.0, \"cacheScope\" : \"public\",\"x\":[1.50],\"tools\":[";
  private static final String TO = FROM.replace("public", "private");
  private static final String REST =
      "],\r\n\"nextCursor\":\"p\\u00202\",\"_meta\":{\"cacheScope\":\"public\",\"é\":1e2} }";
  private static final String PAY =
      "{\"name\":\"pay\",\"annotations\":{\"destructiveHint\":true},\"inputSchema\":{\"maximum\":1e400}}";
  private static final String DROP = "{\"name\":\"drop_all\"}";

  private TestGateway gateway;

  @BeforeEach
  void open(@TempDir Path data) throws Exception {
    Selector drop = Selector.of("drop_*", Section.TOOLS, true);
    SectionRules hiding = new SectionRules(false, List.of(drop), List.of(), List.of());
    gateway = TestGateway.in(data, Policies.everywhere(hiding));
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void section615AFilteredListIsPrivateAndEveryOtherByteStays() {
    gateway.upstream.answersResult(FROM + DROP + " , " + PAY + ",\t" + DROP + REST);

    RecordingClient told = gateway.modern().send(LIST);

    assertThat(told.status()).isEqualTo(200);
    assertThat(told.text()).isEqualTo(ModernClient.result("1", TO + PAY + REST));
    assertThat(gateway.upstream.requests()).containsExactly(LIST);
  }

  @Test
  void section615AListThatHidesNothingIsPrivateToo() {
    gateway.upstream.answersResult(FROM + PAY + REST);

    assertThat(gateway.modern().send(LIST).text())
        .isEqualTo(ModernClient.result("1", TO + PAY + REST));
  }

  @Test
  void section52FiltersAListInAStream() {
    String log = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}";
    String result = FROM + DROP + "," + PAY + REST.replace("\r\n", "");
    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event(": hello\n", ""),
            FakeUpstream.event("x: 1\n", log),
            FakeUpstream.event(": c\nevent: message\n", FakeUpstream.result(message, result))));

    RecordingClient told = gateway.modern().send(LIST);

    assertThat(told.said())
        .containsExactly(
            ": hello\n\n",
            "x: 1\ndata: " + log + "\n\n",
            ": c\nevent: message\ndata: "
                + ModernClient.result("1", TO + PAY + REST.replace("\r\n", ""))
                + "\n\n");
    assertThat(told.complete()).isTrue();
  }

  @Test
  void section616APageThatGotEmptyKeepsItsCursor() {
    gateway.upstream.answersResult(FROM + DROP + REST);

    assertThat(gateway.modern().send(LIST).text()).isEqualTo(ModernClient.result("1", TO + REST));
    assertThat(gateway.upstream.requests()).containsExactly(LIST);
  }

  @Test
  void section615TwoGrantsNeverShareAList() {
    gateway.upstream.answersResult(FROM + PAY + REST);

    assertThat(gateway.modern().send(LIST).text()).contains("\"pay\"");
    assertThat(new ModernClient(gateway, TestGateway.BARE).send(LIST).text())
        .isEqualTo(ModernClient.result("1", TO + REST));
    assertThat(gateway.upstream.requests()).containsExactly(LIST, LIST);
    assertThat(gateway.upstream.lines()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "prompts/list, prompts, name",
    "resources/list, resources, uri",
    "resources/templates/list, resourceTemplates, uriTemplate",
  })
  void section615FiltersTheOtherLists(String method, String member, String key) {
    String result =
        "{\"%s\":[{\"%s\":\"drop_1\"},{\"%s\":\"keep\"}],\"cacheScope\":\"public\",\"ttlMs\":0}"
            .formatted(member, key, key);
    gateway.upstream.answersResult(result);

    assertThat(gateway.modern().send(ModernClient.request("1", method, "")).text())
        .isEqualTo(
            ModernClient.result(
                "1",
                result.replace("{\"" + key + "\":\"drop_1\"},", "").replace("public", "private")));
  }

  @Test
  void section615AResourceIsPrivateAndEveryOtherByteStays() {
    String result =
        "{\"contents\":[{\"uri\":\"a:1\",\"text\":\"\\u0041 public\"}], \"cacheScope\":\"public\","
            + "\"ttlMs\":1.0}";
    gateway.upstream.answersResult(result);

    assertThat(
            gateway
                .modern()
                .send(ModernClient.request("1", "resources/read", "\"uri\":\"a:1\""))
                .text())
        .isEqualTo(ModernClient.result("1", result.replace(":\"public\"", ":\"private\"")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tools\":[],\"cacheScope\":\"private\",\"ttlMs\":5}",
        "{\"tools\":[ ],\"ttlMs\":5}",
      })
  void section61ChangesNothingWhereNothingIsToBeChanged(String result) {
    gateway.upstream.answersResult(result);

    assertThat(gateway.modern().send(LIST).text()).isEqualTo(ModernClient.result("1", result));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"tools\":[],\"cacheScope\":\"private\",\"cacheScope\":\"public\"}",
        "{\"tools\":[{\"name\":\"a\"}],\"tools\":[{\"name\":\"drop_all\"}]}",
        "{\"tools\":[{\"name\":\"a\",\"name\":\"drop_all\"}]}",
        "{\"tools\":{\"name\":\"drop_all\"}}",
        "{\"resources\":[]}",
      })
  void section618PassesNoListThatItCannotRead(String result) {
    gateway.upstream.answersResult(result);

    RecordingClient told = gateway.modern().send(LIST);

    assertThat(told.status()).isEqualTo(200);
    assertThat(told.text())
        .isEqualTo(
            ModernClient.error(
                "1", -31003, "The server behind the gateway gave an answer that is not MCP."));
    gateway.upstream.answersResult("{\"tools\":[]}");
    assertThat(gateway.modern().send(LIST).text())
        .isEqualTo(ModernClient.result("1", "{\"tools\":[]}"));
  }

  @Test
  void section17DiscoveryNamesWhatTheGatewayServes() {
    String discover = ModernClient.request("\"d\"", "server/discover", "");
    gateway.upstream.answersResult(
        "{\"supportedVersions\": [\"2025-11-25\",\"2026-07-28\",\"2027-01-01\"],\"capabilities\":"
            + "{\"tools\":{},\"extensions\":{\"example.org/new\":{\"n\":1.0}}},\"instructions\":"
            + "\"Hi.\",\"ttlMs\":1,\"cacheScope\":\"public\",\"resultType\":\"complete\"}");

    assertThat(gateway.modern().send(discover).text())
        .isEqualTo(
            ModernClient.result(
                "\"d\"",
                "{\"supportedVersions\": [\"2026-07-28\"],\"capabilities\":{\"tools\":{},"
                    + "\"extensions\":{\"example.org/new\":{\"n\":1.0}}},\"instructions\":\"Hi.\","
                    + "\"ttlMs\":1,\"cacheScope\":\"private\",\"resultType\":\"complete\"}"));
    assertThat(gateway.upstream.requests()).containsExactly(discover);
  }
}
