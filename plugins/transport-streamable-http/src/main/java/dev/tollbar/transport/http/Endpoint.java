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
  private static final int MOST_TARGET = 8_192;

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
    URI ascii = URI.create(uri.toASCIIString());
    String host = ascii.getHost();
    String authority = uri.getPort() < 0 ? host : host + ":" + uri.getPort();
    String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    return new Endpoint(tls, bare, port(uri), target(uri), authority);
  }

  private static int port(URI uri) {
    if (uri.getPort() >= 0) {
      return uri.getPort();
    }
    return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
  }

  private static String target(URI uri) {
    // Non-ASCII characters are legal in the text of a java.net.URI, but not on the wire.
    URI ascii = URI.create(uri.toASCIIString());
    String path = ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
    return ascii.getRawQuery() == null ? path : path + "?" + ascii.getRawQuery();
  }

  /**
   * Another place of this server, which the server names itself.
   *
   * @param reference a URL, most often without an origin
   * @throws MalformedReplyException if it is none, or of another origin: what is sent to this
   *     server, secrets included, is for no other
   */
  Endpoint resolve(String reference) throws MalformedReplyException {
    URI found;
    try {
      URI base = new URI((tls ? "https://" : "http://") + authority + target);
      URI uri = new URI(reference);
      if (uri.getRawAuthority() == null && uri.getScheme() == null && uri.getRawPath().isEmpty()) {
        // Java takes the path of the base without its last part here, as an old standard had it.
        uri = new URI(base.getRawPath() + reference);
      }
      found = base.resolve(uri);
    } catch (URISyntaxException e) {
      throw new MalformedReplyException("an endpoint that is no URL");
    }
    if (reference.isEmpty() || reference.startsWith("#")) {
      throw new MalformedReplyException("an endpoint that is no URL");
    }
    String scheme = tls ? "https" : "http";
    String origin = authority.replaceFirst(":[0-9]+$", "");
    if (!scheme.equalsIgnoreCase(found.getScheme())
        || !origin.equalsIgnoreCase(found.getHost())
        || found.getRawUserInfo() != null
        || port(found) != port) {
      throw new MalformedReplyException("an endpoint of another origin");
    }
    String place = target(found);
    if (place.length() > MOST_TARGET) {
      throw new MalformedReplyException("an endpoint of more than " + MOST_TARGET + " characters");
    }
    return new Endpoint(tls, host, port, place, authority);
  }

  @Override
  public String toString() {
    return authority;
  }
}
