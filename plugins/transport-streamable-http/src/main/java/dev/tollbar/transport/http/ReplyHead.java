package dev.tollbar.transport.http;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The head of a reply, as far as this transport reads it.
 *
 * @param mediaType in lower case, without parameters
 * @param length of the body, if the head says so
 * @param chunked whether the body comes in chunks; if it does not and has no length, it ends with
 *     the connection
 * @param keep whether the connection can be used again
 * @param rest how long the server keeps an idle connection, if it says so
 */
record ReplyHead(
    int status,
    Optional<String> mediaType,
    Optional<String> session,
    OptionalLong length,
    boolean chunked,
    boolean keep,
    Optional<Duration> rest) {

  private static final int MOST_INTERIM = 16;

  /**
   * Reads the head of the final reply; interim ones (1xx) are skipped. Refuses every head that two
   * readers could take for different ones. Source: RFC 9112, sections 2 to 6.
   *
   * @param most how many bytes all of it may have
   */
  static ReplyHead read(Connection connection, int most) throws IOException {
    int left = most;
    for (int i = 0; i < MOST_INTERIM; i++) {
      Parser parser = new Parser(connection, left);
      parser.statusLine();
      left = parser.headers();
      if (parser.status == 101) {
        throw new MalformedReplyException("a change of protocol that nobody asked for");
      }
      if (parser.status >= 200) {
        return parser.head();
      }
    }
    throw new MalformedReplyException("more than " + MOST_INTERIM + " interim replies");
  }

  boolean ok() {
    return status >= 200 && status < 300;
  }

  boolean json() {
    return mediaType.filter("application/json"::equals).isPresent();
  }

  boolean eventStream() {
    return mediaType.filter("text/event-stream"::equals).isPresent();
  }

  /** Reads one head. */
  private static final class Parser {
    private final Connection connection;
    private int left;
    private int status;
    private boolean oldVersion;
    private boolean chunked;
    private boolean close;
    private OptionalLong length = OptionalLong.empty();
    private Optional<String> mediaType = Optional.empty();
    private Optional<String> session = Optional.empty();
    private Optional<Duration> rest = Optional.empty();

    Parser(Connection connection, int left) {
      this.connection = connection;
      this.left = left;
    }

    void statusLine() throws IOException {
      Connection.Line line = line();
      boolean known =
          line.length() >= 12
              && line.text(0, 7).equals("HTTP/1.")
              && (line.at(7) == '1' || line.at(7) == '0')
              && line.at(8) == ' '
              && Ascii.isDigit(line.at(9))
              && Ascii.isDigit(line.at(10))
              && Ascii.isDigit(line.at(11))
              && (line.length() == 12 || line.at(12) == ' ');
      if (!known) {
        throw new MalformedReplyException("something that is not HTTP/1.1");
      }
      checkText(line, 12);
      oldVersion = line.at(7) == '0';
      status = (line.at(9) - '0') * 100 + (line.at(10) - '0') * 10 + (line.at(11) - '0');
      if (status < 100) {
        throw new MalformedReplyException("a status below 100");
      }
    }

    int headers() throws IOException {
      for (Connection.Line line = line(); line.length() > 0; line = line()) {
        int colon = 0;
        while (colon < line.length() && Ascii.isToken(line.at(colon))) {
          colon++;
        }
        if (colon == 0 || colon == line.length() || line.at(colon) != ':') {
          throw new MalformedReplyException("a header line without a proper name");
        }
        checkText(line, colon);
        header(line, colon);
      }
      return left;
    }

    private Connection.Line line() throws IOException {
      Connection.Line line = connection.readLine(left);
      left -= line.length() + 2;
      return line;
    }

    private static void checkText(Connection.Line line, int from) throws IOException {
      for (int i = from; i < line.length(); i++) {
        byte c = line.at(i);
        if ((c >= 0 && c < 0x20 && c != '\t') || c == 0x7f) {
          throw new MalformedReplyException("a control character in the head");
        }
      }
    }

    private void header(Connection.Line line, int colon) throws IOException {
      if (line.begins("content-length", colon)) {
        contentLength(value(line, colon));
      } else if (line.begins("transfer-encoding", colon)) {
        transferEncoding(value(line, colon));
      } else if (line.begins("content-encoding", colon)) {
        contentEncoding(value(line, colon));
      } else if (line.begins("content-type", colon)) {
        contentType(value(line, colon));
      } else if (line.begins("mcp-session-id", colon)) {
        sessionId(value(line, colon));
      } else if (line.begins("connection", colon)) {
        close |= names(value(line, colon), "close");
      } else if (line.begins("keep-alive", colon)) {
        keepAlive(value(line, colon));
      }
    }

    private static String value(Connection.Line line, int colon) {
      return line.text(colon + 1, line.length()).strip();
    }

    private void contentLength(String value) throws IOException {
      if (value.isEmpty()
          || value.length() > 18
          || !value.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw new MalformedReplyException("a Content-Length that is no number");
      }
      OptionalLong found = OptionalLong.of(Long.parseLong(value));
      if (length.isPresent() && !length.equals(found)) {
        throw new MalformedReplyException("two different Content-Length");
      }
      length = found;
    }

    private void transferEncoding(String value) throws IOException {
      if (chunked || !value.equalsIgnoreCase("chunked")) {
        throw new MalformedReplyException("a Transfer-Encoding other than chunked");
      }
      chunked = true;
    }

    private static void contentEncoding(String value) throws IOException {
      if (!value.equalsIgnoreCase("identity")) {
        throw new MalformedReplyException("a Content-Encoding that was not asked for");
      }
    }

    private void contentType(String value) throws IOException {
      if (mediaType.isPresent()) {
        throw new MalformedReplyException("two Content-Type");
      }
      int semicolon = value.indexOf(';');
      String type = semicolon < 0 ? value : value.substring(0, semicolon);
      mediaType = Optional.of(type.strip().toLowerCase(Locale.ROOT));
    }

    private void sessionId(String value) throws IOException {
      if (session.isPresent() || !Ascii.isVisible(value)) {
        throw new MalformedReplyException("an Mcp-Session-Id that is not visible ASCII");
      }
      session = Optional.of(value);
    }

    private void keepAlive(String value) {
      for (String part : value.split(",", -1)) {
        String parameter = part.strip().toLowerCase(Locale.ROOT);
        if (parameter.matches("timeout=[0-9]{1,6}")) {
          rest = Optional.of(Duration.ofSeconds(Integer.parseInt(parameter.substring(8))));
        }
      }
    }

    private static boolean names(String list, String wanted) {
      for (String part : list.split(",", -1)) {
        if (part.strip().equalsIgnoreCase(wanted)) {
          return true;
        }
      }
      return false;
    }

    ReplyHead head() throws IOException {
      if (chunked && length.isPresent()) {
        throw new MalformedReplyException("both Content-Length and Transfer-Encoding");
      }
      if (chunked && oldVersion) {
        throw new MalformedReplyException("chunks in HTTP/1.0");
      }
      if (status == 204 || status == 304) {
        // Neither has a body, whatever its head says: one that says otherwise is not kept.
        close |= chunked || length.orElse(0) > 0;
        chunked = false;
        length = OptionalLong.of(0);
      }
      // What keep-alive means in HTTP/1.0 depends on who is in between: such a connection ends.
      boolean keep = !close && !oldVersion && (chunked || length.isPresent());
      return new ReplyHead(status, mediaType, session, length, chunked, keep, rest);
    }
  }
}
