package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.distribution.Crowd.Member;
import java.io.IOException;
import java.util.Map;

/** Members of a {@link Crowd}, of each era. */
final class CrowdMembers {
  private CrowdMembers() {}

  static Member legacy(WireClient wire) throws IOException, InterruptedException {
    return new Legacy(LegacyClient.begin(wire));
  }

  static Member modern(WireClient wire) {
    return new Modern(new ModernClient(wire, Map.of()));
  }

  private static ObjectNode call(String tool, Map<String, String> arguments) {
    ObjectNode params = ModernClient.tool(tool);
    arguments.forEach(params.withObject("arguments")::put);
    params.withObject("_meta").put("progressToken", "wire");
    return params;
  }

  /** Is asked while its call runs. */
  private static final class Legacy implements Member {
    private final LegacyClient client;
    private String asked = "";

    Legacy(LegacyClient client) {
      this.client = client;
    }

    @Override
    public WireReply call(String tool, Map<String, String> arguments)
        throws IOException, InterruptedException {
      ObjectNode message = Wire.JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
      message.put("method", "tools/call").set("params", CrowdMembers.call(tool, arguments));
      return client.post(message.toString());
    }

    @Override
    public JsonNode question(WireReply call) throws IOException, InterruptedException {
      JsonNode question = call.message();
      asked = question.path("id").toString();
      return question;
    }

    @Override
    public JsonNode answer(WireReply call, String result) throws IOException, InterruptedException {
      client.post("{\"jsonrpc\":\"2.0\",\"id\":" + asked + ",\"result\":" + result + "}");
      return call.response();
    }

    @Override
    public void cancel(WireReply call) throws IOException, InterruptedException {
      client.post(
          """
          {"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}\
          """);
    }
  }

  /** Is asked by a result, and repeats its call with the answer. */
  private static final class Modern implements Member {
    private final ModernClient client;
    private ObjectNode params = Wire.JSON.createObjectNode();
    private JsonNode asked = Wire.JSON.createObjectNode();

    Modern(ModernClient client) {
      this.client = client;
    }

    @Override
    public WireReply call(String tool, Map<String, String> arguments)
        throws IOException, InterruptedException {
      params = CrowdMembers.call(tool, arguments);
      return client.call(1, params);
    }

    @Override
    public JsonNode question(WireReply call) throws IOException, InterruptedException {
      JsonNode response = call.response();
      asked = response.path("result");
      return asked
          .path("inputRequests")
          .valueStream()
          .findFirst()
          .orElseThrow(() -> new AssertionError("nothing is asked: " + response));
    }

    @Override
    public JsonNode answer(WireReply call, String result) throws IOException, InterruptedException {
      JsonNode answer = Wire.JSON.readTree(result);
      return client.call(2, ModernClient.answering(params, asked, answer)).response();
    }

    @Override
    public void cancel(WireReply call) throws IOException {
      call.close();
    }
  }
}
