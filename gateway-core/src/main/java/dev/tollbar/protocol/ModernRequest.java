package dev.tollbar.protocol;

import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.protocol.Methods.Direction;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How a message that stands alone is told from one that belongs to a session, and what it must say
 * of itself. Source: MCP 2026-07-28, basic/transports and basic/versioning.
 */
public final class ModernRequest {
  private static final String REVISION_HEADER = "MCP-Protocol-Version";
  private static final String TASKS = "io.modelcontextprotocol/tasks";

  /**
   * Why a message is refused with HTTP status 400.
   *
   * @param data of the error, as JSON text
   */
  public record Problem(int code, String name, String text, Optional<String> data) {
    private static Problem of(int code, String name, String text) {
      return new Problem(code, name, text, Optional.empty());
    }
  }

  private ModernRequest() {}

  /**
   * Whether the message claims to stand alone, however badly. A session that it names beside that
   * is ignored.
   *
   * @param revision the header {@code MCP-Protocol-Version}
   */
  public static boolean isClaimedBy(Message message, Optional<String> revision) {
    if (message.kind() == Kind.RESPONSE) {
      return false;
    }
    return RequestMeta.isClaimedBy(message)
        || revision.map(String::strip).flatMap(Revision::of).filter(Revision::isModern).isPresent()
        || (message.kind() == Kind.REQUEST && isNew(message.method()));
  }

  private static boolean isNew(String method) {
    return Methods.door(Direction.CLIENT_REQUEST, Revision.newestLegacy(), method).isEmpty()
        && Revision.modern().stream()
            .anyMatch(it -> Methods.door(Direction.CLIENT_REQUEST, it, method).isPresent());
  }

  /**
   * The revision that a request speaks, if nothing is wrong with what it says of itself.
   *
   * @param headers what its headers repeat; empty where there are no headers
   * @param params which arguments the tool wants mirrored, if that is known
   */
  public static Optional<Problem> problem(
      Message message,
      Optional<String> revision,
      Optional<MirroredHeaders> headers,
      Optional<List<HeaderParam>> params) {
    if (message.kind() != Kind.REQUEST) {
      return Optional.empty();
    }
    RequestMeta meta;
    try {
      meta = RequestMeta.of(message);
    } catch (MalformedMessageException e) {
      return Optional.of(Problem.of(e.code(), "request_meta", String.valueOf(e.getMessage())));
    }
    if (headers.isPresent()) {
      if (revision.isEmpty()) {
        return mismatch("Header " + REVISION_HEADER + " is missing.");
      }
      if (!revision.get().strip().equals(meta.protocolVersion())) {
        return mismatch("Header " + REVISION_HEADER + " is not the revision of the body.");
      }
    }
    if (Revision.of(meta.protocolVersion()).filter(Revision::isModern).isEmpty()) {
      return Optional.of(unsupported(meta.protocolVersion()));
    }
    Optional<Problem> mismatch =
        headers.flatMap(it -> it.problem(message, params)).flatMap(ModernRequest::mismatch);
    return mismatch.isPresent() ? mismatch : undeclared(message, meta);
  }

  /** Only clients that say they know tasks may ask for them (tasks extension). */
  private static Optional<Problem> undeclared(Message message, RequestMeta meta) {
    boolean declared = meta.clientCapabilities().path("extensions").has(TASKS);
    return declared || !message.method().startsWith("tasks/")
        ? Optional.empty()
        : Optional.of(
            new Problem(
                ErrorCode.MISSING_CAPABILITY,
                "missing_capability",
                "The client did not declare the extension that this method belongs to.",
                Optional.of("{\"requiredCapabilities\":{\"extensions\":{\"" + TASKS + "\":{}}}}")));
  }

  private static Optional<Problem> mismatch(String text) {
    return Optional.of(Problem.of(ErrorCode.HEADER_MISMATCH, "header_mismatch", text));
  }

  private static Problem unsupported(String requested) {
    return new Problem(
        ErrorCode.UNSUPPORTED_REVISION,
        "protocol_revision",
        "This protocol revision is not served here.",
        Optional.of(
            "{\"supported\":" + served() + ",\"requested\":" + JsonText.quote(requested) + "}"));
  }

  /** The revisions that a request may name, as a JSON array. */
  public static String served() {
    return Revision.modern().stream()
        .map(it -> JsonText.quote(it.text()))
        .collect(Collectors.joining(",", "[", "]"));
  }
}
