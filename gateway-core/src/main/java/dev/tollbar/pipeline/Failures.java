package dev.tollbar.pipeline;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.protocol.ErrorCode;

/** What a client is told when its server gave no usable reply: never what the exception says. */
final class Failures {
  static final int CODE = ErrorCode.UPSTREAM_FAILED;

  private Failures() {}

  static String text(UpstreamException failure) {
    return switch (failure.reason()) {
      case UNREACHABLE -> "The server behind the gateway cannot be reached.";
      case BROKEN -> "The server behind the gateway broke off before it answered.";
      case TIMEOUT -> "The server behind the gateway did not answer in time.";
      case SESSION_LOST -> "The server behind the gateway has lost this session: begin anew.";
      case REFUSED -> "The server behind the gateway refused the request.";
      case MALFORMED -> "The server behind the gateway gave an answer that is not MCP.";
      case EXHAUSTED ->
          failure.delivered()
              ? "The gateway has no room for so large an answer now."
              : "The gateway can open no more lines to this server now.";
    };
  }
}
