package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Approvals at a running gateway. The name of the admin token is who decides. */
final class RemoteApprovals implements ApprovalsDesk {
  private static final Duration BETWEEN_STREAMS = Duration.ofSeconds(2);

  private final RemoteGateway gateway;

  RemoteApprovals(RemoteGateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public List<JsonNode> list() throws CommandException, InterruptedException {
    return gateway.all("/approvals", Map.of());
  }

  @Override
  public JsonNode show(String id) throws CommandException, InterruptedException {
    return gateway.get("/approvals/" + RemoteGateway.segment(id), Map.of());
  }

  @Override
  public JsonNode decide(String id, boolean approve, Optional<String> by, String comment)
      throws CommandException, InterruptedException {
    if (by.isPresent()) {
      throw CommandException.badInput(
          "tollbar: --by: expected nothing, as the name of the admin token is who decides; found \""
              + by.get()
              + "\".");
    }
    ObjectNode body = object();
    body.put("decision", approve ? "approve" : "deny");
    body.put("comment", comment);
    return gateway.post("/approvals/" + RemoteGateway.segment(id) + "/decision", body);
  }

  @Override
  public List<JsonNode> dead() throws CommandException, InterruptedException {
    return gateway.get("/dead-letters", Map.of()).path("items").valueStream().toList();
  }

  @Override
  public void redeliver(String id) throws CommandException, InterruptedException {
    gateway.post("/dead-letters/" + RemoteGateway.segment(id) + "/redelivery", object());
  }

  @Override
  public int dismiss(Optional<String> id) throws CommandException, InterruptedException {
    String which = id.map(it -> RemoteGateway.segment(it) + "/").orElse("");
    return gateway.post("/dead-letters/" + which + "dismissal", object()).path("dismissed").asInt();
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** A stream that breaks is opened again: a gateway may be restarted. */
  @Override
  public void follow(Hearer hearer) throws CommandException, InterruptedException {
    while (true) {
      try (InputStream events = gateway.events();
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(events, StandardCharsets.UTF_8))) {
        if (!hearer.hear(list().reversed(), true) || !told(lines, hearer)) {
          return;
        }
      } catch (IOException e) {
        // as one that ends
      }
      Thread.sleep(BETWEEN_STREAMS);
    }
  }

  /** False if the hearer has heard enough. */
  private static boolean told(BufferedReader lines, Hearer hearer) throws IOException {
    String kind = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("event: ")) {
        kind = line.substring("event: ".length());
      }
      boolean news = line.startsWith("data: ") && kind.equals("approval");
      List<JsonNode> changed =
          news
              ? List.of(
                  RemoteGateway.read(
                      line.substring("data: ".length()).getBytes(StandardCharsets.UTF_8)))
              : List.of();
      if ((news || line.startsWith(":")) && !hearer.hear(changed, false)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
