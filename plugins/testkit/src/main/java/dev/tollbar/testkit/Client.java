package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.pipeline.Arrival;
import dev.tollbar.pipeline.Gateway;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;

/** An agent's client, with one grant and one session. One thread at a time. */
final class Client {
  private final Gateway gateway;
  private final String server;
  private final Optional<String> token;
  private final InstantSource clock;
  private Optional<String> session = Optional.empty();
  private long requests;

  Client(Gateway gateway, String server, Optional<String> token, InstantSource clock) {
    this.gateway = gateway;
    this.server = server;
    this.token = token;
    this.clock = clock;
  }

  boolean hasSession() {
    return session.isPresent();
  }

  /** Opens a session. What the client was told says whether there is one now. */
  ClientSide open() throws IOException {
    ObjectNode initialize = request("initialize");
    ObjectNode params = initialize.putObject("params");
    params.put("protocolVersion", ScenarioServer.REVISION).putObject("capabilities");
    params.putObject("clientInfo").put("name", "scenario").put("version", "1");
    ClientSide told = post(bytes(initialize), false);
    session = told.session();
    if (hasSession()) {
      notify("notifications/initialized", JsonNodeFactory.instance.objectNode());
    }
    return told;
  }

  /** A request of this client, with an id of its own. */
  ObjectNode request(String method) {
    requests++;
    return JsonNodeFactory.instance
        .objectNode()
        .put("jsonrpc", "2.0")
        .put("id", requests)
        .put("method", method);
  }

  /** Sends a message and takes what comes back. */
  ClientSide post(byte[] body, boolean gone) throws IOException {
    ClientSide told = new ClientSide(gone);
    try {
      gateway.post(arrival(body), told);
    } catch (IOException e) {
      if (!gone) {
        throw e;
      }
    }
    return told;
  }

  /** Gives up on the request that was made last. */
  void cancel() throws IOException {
    ObjectNode params = JsonNodeFactory.instance.objectNode().put("requestId", requests);
    notify("notifications/cancelled", params);
  }

  /** Ends the session. */
  void leave() throws IOException {
    gateway.end(arrival(new byte[0]), new ClientSide(false));
    session = Optional.empty();
  }

  private void notify(String method, ObjectNode params) throws IOException {
    ObjectNode message =
        JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0").put("method", method);
    message.set("params", params);
    post(bytes(message), false);
  }

  static byte[] bytes(ObjectNode message) {
    return message.toString().getBytes(StandardCharsets.UTF_8);
  }

  private Arrival arrival(byte[] body) {
    return new Arrival(
        server,
        Arrival.Door.HTTP,
        new Arrival.Headers(
            Optional.of("localhost"),
            Optional.empty(),
            token.map(text -> "Bearer " + text),
            Optional.of("application/json, text/event-stream"),
            Optional.of("application/json"),
            session,
            session.map(_ -> ScenarioServer.REVISION),
            Optional.empty(),
            true),
        body,
        clock.instant());
  }
}
