package dev.tollbar.console;

import dev.tollbar.http.AdminRequest;
import java.util.Optional;

/**
 * The cookie of a session. Its name has the port, because browsers send cookies to every port of a
 * host.
 */
final class SessionCookie {
  private SessionCookie() {}

  private static String name(AdminRequest request) {
    String host = request.header("host").orElse("");
    int colon = host.lastIndexOf(':');
    String port = colon < 0 || host.endsWith("]") ? "" : host.substring(colon + 1);
    return port.matches("\\d{1,5}") ? "tollbar_session_" + port : "tollbar_session";
  }

  static Optional<String> read(AdminRequest request) {
    String wanted = name(request) + "=";
    for (String pair : request.header("cookie").orElse("").split(";", -1)) {
      String cookie = pair.strip();
      if (cookie.startsWith(wanted)) {
        return Optional.of(cookie.substring(wanted.length()));
      }
    }
    return Optional.empty();
  }

  static String set(AdminRequest request, String id) {
    return name(request) + "=" + id + attributes(request);
  }

  static String clear(AdminRequest request) {
    return name(request) + "=" + attributes(request) + "; Max-Age=0";
  }

  /** A proxy in front says whether the browser speaks TLS. */
  private static String attributes(AdminRequest request) {
    boolean tls = request.header("x-forwarded-proto").filter("https"::equals).isPresent();
    return "; Path=/; HttpOnly; SameSite=Strict" + (tls ? "; Secure" : "");
  }
}
