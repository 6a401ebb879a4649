package dev.tollbar.http;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request to the admin API or the console, without the web server.
 *
 * @param path as it was sent, not decoded
 * @param query the parameters, decoded
 * @param headers by name in lower case; of several of one name the first
 * @param body empty if there is none
 * @param address where it comes from
 */
public record AdminRequest(
    String method,
    String path,
    Map<String, List<String>> query,
    Map<String, String> headers,
    byte[] body,
    String address) {

  public AdminRequest {
    query = Map.copyOf(query);
    headers = Map.copyOf(headers);
  }

  /** By a name in lower case. */
  public Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }
}
