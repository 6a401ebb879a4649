package dev.tollbar.console;

import dev.tollbar.http.AdminReply;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One thing that can be asked of the admin API.
 *
 * @param path below {@code /api/v1}, with variable parts in braces
 * @param action what audit lines call it; empty for what changes nothing
 * @param parameters those that it knows
 * @param makes whether it makes what the member {@code name} of its body names
 */
record Route(
    String method,
    String path,
    Permission permission,
    Optional<String> action,
    List<String> parameters,
    boolean makes,
    Endpoint endpoint) {

  @FunctionalInterface
  interface Endpoint {
    AdminReply answer(ApiCall call) throws ApiProblem;
  }

  static Route get(String path, Permission permission, Endpoint endpoint, String... parameters) {
    return new Route(
        "GET", path, permission, Optional.empty(), List.of(parameters), false, endpoint);
  }

  static Route post(String path, Permission permission, String action, Endpoint endpoint) {
    return new Route("POST", path, permission, Optional.of(action), List.of(), false, endpoint);
  }

  /** What makes something new, which its body names. */
  static Route make(String path, Permission permission, String action, Endpoint endpoint) {
    return new Route("POST", path, permission, Optional.of(action), List.of(), true, endpoint);
  }

  /** A question that is too long for a URL. */
  static Route ask(String path, Permission permission, Endpoint endpoint) {
    return new Route("POST", path, permission, Optional.empty(), List.of(), false, endpoint);
  }

  /** The variable parts of a path, decoded; empty if the path is another one. */
  Optional<Map<String, String>> match(String asked) {
    String[] mine = path.split("/", -1);
    String[] theirs = asked.split("/", -1);
    if (mine.length != theirs.length) {
      return Optional.empty();
    }
    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < mine.length; i++) {
      if (mine[i].startsWith("{")) {
        variables.put(mine[i].substring(1, mine[i].length() - 1), decoded(theirs[i]));
      } else if (!mine[i].equals(theirs[i])) {
        return Optional.empty();
      }
    }
    return Optional.of(variables);
  }

  private static String decoded(String segment) {
    try {
      return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return segment;
    }
  }
}
