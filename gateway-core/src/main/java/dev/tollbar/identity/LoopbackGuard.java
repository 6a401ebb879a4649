package dev.tollbar.identity;

import java.net.InetAddress;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages from reaching a gateway on loopback: the browser says which name it looked up
 * ({@code Host}) and which page asks ({@code Origin}). Names of loopback are allowed with every
 * port; whatever does not read as exactly one host is refused. Safe for use by many threads.
 */
public final class LoopbackGuard {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  /** A host name, an IPv4 address or an IPv6 address in brackets, and a port. */
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "([a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?|\\[[0-9a-f:.]{2,45}])(?::(\\d{1,5}))?");

  private final Set<String> hosts;
  private final Set<String> origins;

  /** The header that was allowed last: nearly all requests bring the same one. */
  private volatile @Nullable String allowed;

  /**
   * A guard that allows loopback and more.
   *
   * @param hosts further hosts: {@code gateway.example} with every port, or {@code
   *     gateway.example:8443} with this one
   * @param origins further origins, exactly: {@code https://app.example}
   */
  public LoopbackGuard(Collection<String> hosts, Collection<String> origins) {
    this.hosts = lowerCase(hosts);
    this.origins = lowerCase(origins);
  }

  private static Set<String> lowerCase(Collection<String> names) {
    return names.stream()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Whether a request with this {@code Host} header may go on. */
  public boolean hostAllowed(String hostHeader) {
    if (hostHeader.equals(allowed)) {
      return true;
    }
    String authority = hostHeader.toLowerCase(Locale.ROOT);
    Optional<String> host = host(authority);
    boolean fits =
        host.isPresent()
            && (LOOPBACK.contains(host.get())
                || hosts.contains(host.get())
                || hosts.contains(authority));
    if (fits) {
      allowed = hostHeader;
    }
    return fits;
  }

  /**
   * Whether a request with this {@code Origin} header may go on; clients that are no browsers send
   * none.
   */
  public boolean originAllowed(Optional<String> originHeader) {
    if (originHeader.isEmpty()) {
      return true;
    }
    String origin = originHeader.get().toLowerCase(Locale.ROOT);
    if (origins.contains(origin)) {
      return !origin.equals("null");
    }
    String authority;
    if (origin.startsWith("http://")) {
      authority = origin.substring("http://".length());
    } else if (origin.startsWith("https://")) {
      authority = origin.substring("https://".length());
    } else {
      return false;
    }
    return host(authority).filter(LOOPBACK::contains).isPresent();
  }

  private static Optional<String> host(String authority) {
    Matcher parts = AUTHORITY.matcher(authority);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String port = parts.group(2);
    boolean portFits =
        port == null || (Integer.parseInt(port) > 0 && Integer.parseInt(port) < 65536);
    return portFits ? Optional.ofNullable(parts.group(1)) : Optional.empty();
  }

  /** Whether only this machine reaches a gateway that is bound to this address. */
  public static boolean isLoopback(InetAddress address) {
    return address.isLoopbackAddress();
  }
}
