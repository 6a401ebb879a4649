package dev.tollbar.transport.http;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.transport.common.Quoted;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The heads of a session's POSTs. Most of the last one is most often that of the next. */
final class PostHeads {
  private static final String OF_MCP = "mcp-";
  private static final Set<String> OF_THE_SESSION =
      Set.of("mcp-session-id", "mcp-protocol-version");

  private final RequestHeaders headers;
  private volatile Beginning last;

  PostHeads(RequestHeaders headers, Optional<String> session) {
    this.headers = headers;
    last = beginning(session, Optional.empty());
  }

  private record Beginning(Optional<String> session, Optional<String> revision, byte[] bytes) {}

  private Beginning beginning(Optional<String> session, Optional<String> revision) {
    return new Beginning(session, revision, headers.post(session, revision));
  }

  /** The protocol revision of the last message. */
  Optional<String> revision() {
    return last.revision();
  }

  /**
   * The head for one message.
   *
   * @throws UpstreamException if something in the message cannot stand in a header
   */
  byte[] head(Optional<String> session, UpstreamMessage message) throws UpstreamException {
    Beginning beginning = last;
    if (!beginning.session().equals(session)
        || !beginning.revision().equals(message.protocolRevision())) {
      checkVisible("protocol revision", message.protocolRevision());
      beginning = beginning(session, message.protocolRevision());
      last = beginning;
    }
    String rest =
        lines(message.headers()) + "Content-Length: " + message.bytes().length + "\r\n\r\n";
    byte[] begun = beginning.bytes();
    byte[] end = rest.getBytes(StandardCharsets.US_ASCII);
    byte[] head = Arrays.copyOf(begun, begun.length + end.length);
    System.arraycopy(end, 0, head, begun.length, end.length);
    return head;
  }

  /** A message has a say in headers of MCP alone, and not in those that name the session. */
  private static String lines(Map<String, String> headers) throws UpstreamException {
    if (headers.isEmpty()) {
      return "";
    }
    Map<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = header.getKey();
      String lower = name.toLowerCase(Locale.ROOT);
      if (!lower.startsWith(OF_MCP) || OF_THE_SESSION.contains(lower)) {
        continue;
      }
      if (!Ascii.isToken(name)) {
        throw refused("the header name " + Quoted.text(name) + " cannot be sent");
      }
      if (!isValue(header.getValue())) {
        throw refused("the value of the header " + Quoted.line(name) + " cannot be sent");
      }
      if (sorted.put(name, header.getValue()) != null) {
        throw refused("the header " + Quoted.line(lower) + " is there in two spellings");
      }
    }
    StringBuilder lines = new StringBuilder();
    sorted.forEach((name, value) -> lines.append(name).append(": ").append(value).append("\r\n"));
    return lines.toString();
  }

  private static boolean isValue(String value) {
    return value.chars().allMatch(c -> (c >= 0x20 && c < 0x7f) || c == '\t')
        && value.strip().equals(value);
  }

  static void checkVisible(String what, Optional<String> value) throws UpstreamException {
    if (value.isPresent() && !Ascii.isVisible(value.get())) {
      throw refused("the " + what + " " + Quoted.text(value.get()) + " cannot be sent in a header");
    }
  }

  private static UpstreamException refused(String why) {
    return new UpstreamException(Reason.REFUSED, false, 0, why);
  }
}
