package dev.tollbar.transport.http;

import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.api.Secret;
import dev.tollbar.transport.common.Quoted;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The heads of the requests to one server: everything but the few lines that change. */
final class RequestHeaders {
  private static final Set<String> OURS =
      Set.of(
          "host",
          "content-length",
          "content-type",
          "content-encoding",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "upgrade",
          "expect",
          "te",
          "trailer",
          "accept",
          "accept-encoding",
          "last-event-id");

  private final Map<String, Secret> configured;
  private final String post;
  private final String get;
  private final String delete;

  RequestHeaders(Endpoint endpoint, Map<String, Secret> configured) {
    this.configured = configured;
    StringBuilder common = new StringBuilder();
    common.append(endpoint.target()).append(" HTTP/1.1\r\nHost: ").append(endpoint.authority());
    common.append("\r\nAccept-Encoding: identity\r\n");
    if (configured.keySet().stream().noneMatch("User-Agent"::equalsIgnoreCase)) {
      common.append("User-Agent: tollbar\r\n");
    }
    new TreeMap<>(configured)
        .forEach((name, value) ->
            common.append(name).append(": ").append(value.reveal()).append("\r\n"));
    post =
        "POST "
            + common
            + "Accept: application/json, text/event-stream\r\nContent-Type: application/json\r\n";
    get = "GET " + common + "Accept: text/event-stream\r\n";
    delete = "DELETE " + common + "Accept: application/json\r\n";
  }

  /** The same for another place of the same server. */
  RequestHeaders to(Endpoint endpoint) {
    return new RequestHeaders(endpoint, configured);
  }

  /** What is wrong with configured headers. Never quotes a value. */
  static List<Problem> problems(Map<String, Secret> configured) {
    List<Problem> problems = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Map.Entry<String, Secret> header : new TreeMap<>(configured).entrySet()) {
      String name = header.getKey();
      String key = "headers/" + name.replace("~", "~0").replace("/", "~1");
      if (!Ascii.isToken(name)) {
        problems.add(
            new Problem("headers", "header names such as \"Authorization\"", Quoted.text(name)));
      } else if (isOurs(name.toLowerCase(Locale.ROOT))) {
        problems.add(
            new Problem(key, "a header that the gateway does not set itself", Quoted.text(name)));
      } else if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        problems.add(new Problem(key, "each header once", Quoted.text(name) + " in two spellings"));
      }
      if (!isValue(header.getValue().reveal())) {
        problems.add(
            new Problem(
                key,
                "printable ASCII characters on one line, without spaces around them",
                "a value with others"));
      }
    }
    return problems;
  }

  /** Headers of MCP say what is in the message: nothing that is configured can. */
  private static boolean isOurs(String name) {
    return OURS.contains(name) || name.startsWith("mcp-");
  }

  private static boolean isValue(String value) {
    return value.strip().equals(value) && value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }

  /** Everything of a POST but what its one message adds. */
  byte[] post(Optional<String> session, Optional<String> revision) {
    return bytes(post + varying(session, revision));
  }

  byte[] get(Optional<String> session, Optional<String> revision, Optional<String> lastEventId) {
    String resume = lastEventId.map(id -> "Last-Event-ID: " + id + "\r\n").orElse("");
    return bytes(get + varying(session, revision) + resume + "\r\n");
  }

  byte[] delete(String session, Optional<String> revision) {
    return bytes(delete + varying(Optional.of(session), revision) + "\r\n");
  }

  private static String varying(Optional<String> session, Optional<String> revision) {
    return session.map(id -> "Mcp-Session-Id: " + id + "\r\n").orElse("")
        + revision.map(date -> "MCP-Protocol-Version: " + date + "\r\n").orElse("");
  }

  private static byte[] bytes(String head) {
    return head.getBytes(StandardCharsets.US_ASCII);
  }
}
