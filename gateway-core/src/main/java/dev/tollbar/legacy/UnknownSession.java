package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.protocol.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * Servers that answer 400 where the revisions say 404: they were started anew and do not know the
 * session. The official TypeScript SDK says so before it has read the request ("Server not
 * initialized"), and its examples do ("No valid session ID provided"); the error then has the code
 * -32000, and no id.
 */
final class UnknownSession {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BAD_REQUEST = 400;
  private static final int MOST_BYTES = 4 * 1024;

  private UnknownSession() {}

  /**
   * The reply, unless it says that the session is unknown.
   *
   * @throws UpstreamException with {@link Reason#SESSION_LOST}, not delivered, if it does
   */
  static UpstreamReply refuse(UpstreamReply reply) throws UpstreamException {
    if (!(reply instanceof UpstreamReply.Single single) || single.status() != BAD_REQUEST) {
      return reply;
    }
    byte[] head;
    try {
      head = single.body().readNBytes(MOST_BYTES);
    } catch (IOException e) {
      single.close();
      throw new UpstreamException(Reason.BROKEN, true, BAD_REQUEST, String.valueOf(e.getMessage()));
    }
    if (isUnknownSession(head)) {
      single.close();
      throw new UpstreamException(
          Reason.SESSION_LOST, false, BAD_REQUEST, "the server does not know the session any more");
    }
    return new Read(single, head);
  }

  private static boolean isUnknownSession(byte[] body) {
    try {
      JsonNode message = JSON.readTree(body);
      JsonNode error = message.path("error");
      String text = error.path("message").asText("").toLowerCase(Locale.ROOT);
      return !message.hasNonNull("id")
          && error.path("code").asInt() == ErrorCode.BAD_REQUEST
          && (text.contains("session") || text.contains("not initialized"));
    } catch (IOException e) {
      return false;
    }
  }

  /** A reply of which the beginning was read already. */
  private record Read(Single reply, byte[] head) implements UpstreamReply.Single {
    @Override
    public int status() {
      return reply.status();
    }

    @Override
    public InputStream body() {
      return new SequenceInputStream(new ByteArrayInputStream(head), reply.body());
    }

    @Override
    public OptionalLong length() {
      return reply.length();
    }

    @Override
    public void close() {
      reply.close();
    }
  }
}
