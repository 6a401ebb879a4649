package dev.tollbar.transport.http;

import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.transport.common.Quoted;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/**
 * Where the server is.
 *
 * @param host without brackets around an IPv6 address
 * @param target path and query, as the request line has them
 * @param authority for the Host header
 */
record Endpoint(boolean tls, String host, int port, String target, String authority) {
  private static final String KEY = "url";

  /** What is wrong with the text of a URL. */
  static List<Problem> problems(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      return problem("a URL such as \"https://tickets.example/mcp\"", Quoted.text(url));
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return problem("a URL that begins with http:// or https://", Quoted.text(url));
    }
    if (uri.getRawUserInfo() != null) {
      return problem("a URL without a user name; use headers", "one with a user name");
    }
    if (uri.getHost() == null || uri.getPort() == 0 || uri.getPort() > 65_535) {
      return problem("a URL with a host, and a port from 1 to 65535 if any", Quoted.text(url));
    }
    if (uri.getRawFragment() != null) {
      return problem("a URL without a fragment", Quoted.text(url));
    }
    return List.of();
  }

  private static List<Problem> problem(String expected, String found) {
    return List.of(new Problem(KEY, expected, found));
  }

  /** The endpoint of a URL without {@link #problems}. */
  static Endpoint of(String url) {
    URI uri = URI.create(url);
    boolean tls = uri.getScheme().equalsIgnoreCase("https");
    // Non-ASCII characters are legal in the text of a java.net.URI, but not on the wire.
    URI ascii = URI.create(uri.toASCIIString());
    String path = ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
    String target = ascii.getRawQuery() == null ? path : path + "?" + ascii.getRawQuery();
    String host = ascii.getHost();
    String authority = uri.getPort() < 0 ? host : host + ":" + uri.getPort();
    int port = uri.getPort() < 0 ? (tls ? 443 : 80) : uri.getPort();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new Endpoint(tls, bare, port, target, authority);
  }

  @Override
  public String toString() {
    return authority;
  }
}
