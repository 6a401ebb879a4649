package dev.tollbar.legacy;

import dev.tollbar.api.EventStream.Event;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Errors;
import dev.tollbar.protocol.Fault;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.SseText;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * One message for a modern client.
 *
 * @param status that it comes with if it is the only one
 * @param last whether it answers the request
 */
record Output(byte[] bytes, int status, boolean last) {

  static Output note(byte[] bytes) {
    return new Output(bytes, 200, false);
  }

  static Output result(MessageId id, String json) {
    String text = "{\"jsonrpc\":\"2.0\",\"id\":" + id.json() + ",\"result\":" + json + "}";
    return answer(text.getBytes(StandardCharsets.UTF_8));
  }

  static Output answer(byte[] bytes) {
    return new Output(bytes, 200, true);
  }

  static Output error(MessageId id, int code, String message) {
    return error(id, code, message, Optional.empty());
  }

  static Output error(MessageId id, int code, String message, Optional<String> data) {
    return new Output(Errors.reply(Optional.of(id), code, message, data), status(code), true);
  }

  /** Which HTTP status goes with an error. Source: MCP 2026-07-28, basic/transports. */
  static int status(long code) {
    if (code == ErrorCode.METHOD_NOT_FOUND) {
      return 404;
    }
    boolean badRequest =
        code == ErrorCode.HEADER_MISMATCH
            || code == ErrorCode.MISSING_CAPABILITY
            || code == ErrorCode.UNSUPPORTED_REVISION;
    return badRequest ? 400 : 200;
  }

  static Output malformed(MessageId id, MalformedMessageException fault) {
    Output error = error(id, fault.code(), String.valueOf(fault.getMessage()));
    boolean envelope =
        fault.fault() == Fault.META_VERSION
            || fault.fault() == Fault.META_CAPABILITIES
            || fault.fault() == Fault.META_CLIENT_INFO
            || fault.fault() == Fault.META_LOG_LEVEL;
    return new Output(error.bytes, envelope ? 400 : error.status, true);
  }

  static Output unknownLevel(MessageId id) {
    String levels =
        Arrays.stream(LogLevel.values()).map(LogLevel::text).collect(Collectors.joining(", "));
    Output error =
        error(
            id,
            ErrorCode.INVALID_PARAMS,
            "Member \""
                + MetaKeys.LOG_LEVEL
                + "\" of \"params._meta\" must be one of "
                + levels
                + ".");
    return new Output(error.bytes, 400, true);
  }

  static Output unsupportedRevision(MessageId id, String requested) {
    String supported =
        Revision.modern().stream()
            .map(revision -> JsonText.quote(revision.text()))
            .collect(Collectors.joining(",", "[", "]"));
    return error(
        id,
        ErrorCode.UNSUPPORTED_REVISION,
        "This protocol revision is not served.",
        Optional.of(
            "{\"supported\":" + supported + ",\"requested\":" + JsonText.quote(requested) + "}"));
  }

  static Output unknownMethod(MessageId id) {
    return error(id, ErrorCode.METHOD_NOT_FOUND, "The server does not have this method.");
  }

  Event event() {
    return new Event(SseText.message(bytes), bytes);
  }

  /** As the whole reply. */
  UpstreamReply single() {
    return new Alone(bytes, status);
  }

  private record Alone(byte[] bytes, int status) implements UpstreamReply.Single {
    @Override
    public InputStream body() {
      return new ByteArrayInputStream(bytes);
    }

    @Override
    public OptionalLong length() {
      return OptionalLong.of(bytes.length);
    }

    @Override
    public void close() {}
  }
}
