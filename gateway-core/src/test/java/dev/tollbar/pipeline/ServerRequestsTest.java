package dev.tollbar.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.UpstreamReply;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Policy.ServerRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What servers ask of clients passes as the policy says, and is answered to the server if not. */
class ServerRequestsTest {
  @TempDir private Path data;
  private final List<TestGateway> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (TestGateway gateway : opened) {
      gateway.close();
    }
  }

  private TestGateway gateway(Policy policy) throws IOException {
    TestGateway gateway = TestGateway.in(data, policy);
    opened.add(gateway);
    return gateway;
  }

  private static String asks(String method) {
    return "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"method\":\"" + method + "\",\"params\":{}}";
  }

  private static RecordingClient callWith(TestGateway gateway, Knock session, String asked) {
    gateway.upstream.answers(message ->
        FakeReply.events(
            FakeUpstream.event(asked), FakeUpstream.event(FakeUpstream.result(message, "{}"))));
    return gateway.post(session, TestGateway.pay(1));
  }

  @ParameterizedTest
  @CsvSource({
    "sampling/createMessage, SAMPLING",
    "elicitation/create, ELICITATION",
    "roots/list, ROOTS",
  })
  void refusesWhatThePolicyDoesNotPermit(String method, ServerRequest refused) throws Exception {
    TestGateway gateway = gateway(TestGateway.refusing(refused));
    Knock session = gateway.session();

    RecordingClient client = callWith(gateway, session, asks(method));

    assertThat(client.said()).hasSize(1);
    assertThat(gateway.upstream.texts())
        .last()
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"error\":{\"code\":-31010,\"message\":"
                + "\"[POLICY DENIED] The gateway's policy does not permit "
                + method
                + ".\"}}");
  }

  @ParameterizedTest
  @CsvSource({"sampling/createMessage", "elicitation/create", "roots/list", "ping"})
  void passesWhatThePolicyPermitsAndTheAnswerBack(String method) throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    Knock session = gateway.session();
    String answer = "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"result\":{\"model\":\"m\"}}";

    RecordingClient client = callWith(gateway, session, asks(method));
    assertThat(client.said().getFirst()).isEqualTo("data: " + asks(method) + "\n\n");

    assertThat(gateway.post(session, answer).status()).isEqualTo(202);
    assertThat(gateway.upstream.texts()).last().isEqualTo(answer);
    assertThat(gateway.post(session, answer).status()).isEqualTo(400);
    assertThat(gateway.records).hasSize(1);
  }

  @Test
  void onlyTheOneThatWasAskedAnswers() throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    callWith(gateway, gateway.session(), asks("roots/list"));
    Knock other = gateway.session();

    RecordingClient client =
        gateway.post(other, "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"result\":{}}");

    assertThat(client.status()).isEqualTo(400);
  }

  @Test
  void refusesMethodsThatItDoesNotKnow() throws Exception {
    TestGateway gateway = gateway(TestGateway.open());

    RecordingClient client = callWith(gateway, gateway.session(), asks("client/erase"));

    assertThat(client.said()).hasSize(1);
    assertThat(gateway.upstream.texts())
        .last()
        .isEqualTo(
            "{\"jsonrpc\":\"2.0\",\"id\":\"s1\",\"error\":{\"code\":-32601,\"message\":"
                + "\"The gateway does not know this method.\"}}");
  }

  @Test
  void withoutAPolicyNothingIsAsked() throws Exception {
    TestGateway gateway = gateway(TestGateway.open());
    Knock bare = gateway.session(TestGateway.BARE);
    CountDownLatch refused = new CountDownLatch(1);
    gateway.upstream.hears(message -> {
      refused.countDown();
      return new UpstreamReply.Accepted();
    });
    gateway.upstream.streams(_ -> new FakeStream().says(asks("roots/list")));
    RecordingClient client = new RecordingClient();
    Thread listener = gateway.listen(bare, client);

    refused.await();

    assertThat(gateway.upstream.texts()).last().asString().contains("[POLICY DENIED]");
    gateway.close();
    listener.join();
    assertThat(client.messages()).isEmpty();
  }
}
