package dev.tollbar.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.tollbar.http.AdminReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The description of the admin API has every route, and every refusal of each. */
class OpenApiTest extends ConsoleFixture {
  private static final Path FILE = Path.of("..", "distribution", "docs", "openapi.yaml");

  /** Those that are looked at here; the tests of what an operation does have the others. */
  private static final Set<Integer> HAD = Set.of(400, 401, 403, 404, 429, 503);

  /** Such as {@code GET /approvals/{id}}, with its statuses. */
  private static Map<String, Set<Integer>> described() throws IOException {
    Map<String, Set<Integer>> operations = new TreeMap<>();
    JsonNode paths = YAMLMapper.builder().build().readTree(Files.readString(FILE)).path("paths");
    for (var path : paths.properties()) {
      for (var method : path.getValue().properties()) {
        Set<Integer> statuses = new TreeSet<>();
        method
            .getValue()
            .path("responses")
            .properties()
            .forEach(response -> statuses.add(Integer.valueOf(response.getKey())));
        operations.put(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), statuses);
      }
    }
    return operations;
  }

  @Test
  void everyRouteIsDescribedAndNoOther() throws IOException {
    List<String> routes =
        Stream.concat(
                console.routes().stream().map(route -> route.method() + " " + route.path()),
                Stream.of("POST /login", "POST /logout"))
            .toList();

    assertThat(described().keySet()).containsExactlyInAnyOrderElementsOf(routes);
  }

  @Test
  void everyRefusalIsDescribedAndNoOther() throws IOException {
    Map<String, Set<Integer>> described = described();
    String admin = token(Role.ADMIN);
    Map<String, String> known = page(bearer(admin));
    Map<String, String> viewer = page(bearer(token(Role.VIEWER)));
    Map<String, String> elsewhere = Map.of("cookie", session(admin));
    Map<String, Set<Integer>> had = new TreeMap<>();
    described.keySet().forEach(operation -> had.put(operation, new TreeSet<>()));
    had.forEach((operation, statuses) -> {
      String found = operation.replaceAll("\\{\\w+}", operation.contains("{seq}") ? "99" : "beef");
      String diff = operation.equals("GET /diff") ? "?from=beef" : "";
      String body = operation.endsWith("/decision") ? "{\"decision\":\"deny\"}" : "";
      statuses.add(status(operation, page(Map.of()), "{\"token\":\"x\"}"));
      statuses.add(status(operation + "?none=1", known, "[]"));
      statuses.add(status(operation, viewer, ""));
      statuses.add(status(operation, elsewhere, ""));
      statuses.add(status(found + diff, known, body));
    });
    Map<String, String> wrong = page(bearer("x"));
    for (int i = 0; i < WrongTokens.MOST_OF_ONE; i++) {
      status("GET /me", wrong, "");
    }
    had.forEach(
        (operation, statuses) -> statuses.add(status(operation, wrong, "{\"token\":\"x\"}")));
    state.close();
    had.forEach((operation, statuses) ->
        statuses.add(status(operation, known, "{\"token\":\"" + admin + "\"}")));

    described.forEach((operation, statuses) -> {
      statuses.retainAll(HAD);
      had.getOrDefault(operation, Set.of()).retainAll(HAD);
      assertThat(had.get(operation)).as(operation).isEqualTo(statuses);
    });
  }

  /** As the gateway's own page sends it. */
  private static Map<String, String> page(Map<String, String> headers) {
    Map<String, String> all = new HashMap<>(headers);
    all.put("x-tollbar-console", "1");
    return all;
  }

  private int status(String operation, Map<String, String> headers, String body) {
    String[] parts = operation.split(" ", 2);
    return answer(parts[0], "/api/v1" + parts[1], headers, body) instanceof AdminReply.Whole whole
        ? whole.status()
        : 200;
  }
}
