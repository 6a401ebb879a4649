package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The headers that repeat parts of a request's body. What lies between may act on them, so they
 * must say what the body says; the gateway acts on the body alone. Source: MCP 2026-07-28,
 * basic/transports, "Standard request headers".
 *
 * @param params every {@code Mcp-Param-*} header, by its name in lower case
 */
public record MirroredHeaders(
    Optional<String> method, Optional<String> name, Map<String, String> params) {
  private static final String METHOD = "Mcp-Method";
  private static final String NAME = "Mcp-Name";

  public MirroredHeaders {
    params = Map.copyOf(params);
  }

  public static MirroredHeaders none() {
    return new MirroredHeaders(Optional.empty(), Optional.empty(), Map.of());
  }

  /** What a request is sent with. */
  public static Map<String, String> of(Message message, List<HeaderParam> params) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(METHOD, message.method());
    named(message).ifPresent(name -> headers.put(NAME, HeaderText.encode(name)));
    for (HeaderParam param : params) {
      param
          .text(arguments(message))
          .ifPresent(text -> headers.put(param.header(), HeaderText.encode(text)));
    }
    return headers;
  }

  /**
   * As {@link #of}, and with the client's own params beside the known ones: what is unknown here
   * may be known to the server.
   */
  public Map<String, String> passedOn(Message message, List<HeaderParam> known) {
    Map<String, String> headers = of(message, known);
    Set<String> made =
        known.stream()
            .map(param -> param.header().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    params.forEach((name, value) -> {
      if (!made.contains(name)) {
        headers.put(name, value.strip());
      }
    });
    return headers;
  }

  /** The same as they are with another message, whose arguments are the same. */
  public MirroredHeaders of(Message message) {
    return new MirroredHeaders(
        method.map(_ -> message.method()),
        name.flatMap(_ -> named(message)).map(HeaderText::encode),
        params);
  }

  /**
   * What is wrong with the headers of a request; empty if they say what the body says.
   *
   * @param params which arguments the tool wants mirrored; empty if that is not known: then nothing
   *     is said of them
   */
  public Optional<String> problem(Message message, Optional<List<HeaderParam>> params) {
    if (method.isEmpty()) {
      return Optional.of("Header " + METHOD + " is missing.");
    }
    if (!method.get().strip().equals(message.method())) {
      return Optional.of("Header " + METHOD + " is not the method of the body.");
    }
    Optional<String> expected = named(message);
    if (expected.isPresent()) {
      if (name.isEmpty()) {
        return Optional.of("Header " + NAME + " is missing.");
      }
      if (!HeaderText.decode(name.get()).equals(expected)) {
        return Optional.of("Header " + NAME + " does not name what the body names.");
      }
    }
    return message.method().equals("tools/call")
        ? params.flatMap(known -> paramProblem(message, known))
        : Optional.empty();
  }

  private Optional<String> paramProblem(Message message, List<HeaderParam> known) {
    JsonNode arguments = arguments(message);
    for (HeaderParam param : known) {
      String lower = param.header().toLowerCase(Locale.ROOT);
      Optional<String> argument = param.text(arguments);
      Optional<String> said = Optional.ofNullable(params.get(lower));
      if (argument.isPresent() && said.isEmpty()) {
        return Optional.of("Header " + param.header() + " is missing.");
      }
      if (said.isPresent() && !said.flatMap(HeaderText::decode).equals(argument)) {
        return Optional.of("Header " + param.header() + " is not the argument of the body.");
      }
    }
    return Optional.empty();
  }

  private static JsonNode arguments(Message message) {
    JsonNode arguments = message.params().get("arguments");
    return arguments == null ? JsonNodeFactory.instance.objectNode() : arguments;
  }

  /** What {@code Mcp-Name} repeats. */
  private static Optional<String> named(Message message) {
    return switch (message.method()) {
      case "tools/call", "prompts/get" -> message.text("name");
      case "resources/read" -> message.text("uri");
      case "tasks/get", "tasks/update", "tasks/cancel" -> message.text("taskId");
      default -> Optional.empty();
    };
  }
}
