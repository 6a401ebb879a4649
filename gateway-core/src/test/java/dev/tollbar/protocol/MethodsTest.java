package dev.tollbar.protocol;

import static dev.tollbar.protocol.Revision.V2024_11_05;
import static dev.tollbar.protocol.Revision.V2025_03_26;
import static dev.tollbar.protocol.Revision.V2025_06_18;
import static dev.tollbar.protocol.Revision.V2025_11_25;
import static dev.tollbar.protocol.Revision.V2026_07_28;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.protocol.Methods.Direction;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MethodsTest {
  private static final Set<String> OLD_CLIENT_REQUESTS =
      Set.of(
          "initialize",
          "ping",
          "tools/list",
          "tools/call",
          "prompts/list",
          "prompts/get",
          "resources/list",
          "resources/templates/list",
          "resources/read",
          "resources/subscribe",
          "resources/unsubscribe",
          "completion/complete",
          "logging/setLevel");
  private static final Set<String> TASKS =
      Set.of("tasks/get", "tasks/result", "tasks/cancel", "tasks/list");

  private static Set<String> methods(Direction direction, Revision revision) {
    return Methods.doors(direction, revision).keySet();
  }

  private static Set<String> both(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }

  @Test
  void hasTheRequestsOfEachRevisionAndNoOthers() {
    for (Revision revision : List.of(V2024_11_05, V2025_03_26, V2025_06_18)) {
      assertThat(methods(Direction.CLIENT_REQUEST, revision)).isEqualTo(OLD_CLIENT_REQUESTS);
    }
    assertThat(methods(Direction.CLIENT_REQUEST, V2025_11_25))
        .isEqualTo(both(OLD_CLIENT_REQUESTS, TASKS));

    Set<String> old = Set.of("ping", "sampling/createMessage", "roots/list");
    Set<String> elicitation = Set.of("elicitation/create");
    assertThat(methods(Direction.SERVER_REQUEST, V2024_11_05)).isEqualTo(old);
    assertThat(methods(Direction.SERVER_REQUEST, V2025_03_26)).isEqualTo(old);
    assertThat(methods(Direction.SERVER_REQUEST, V2025_06_18)).isEqualTo(both(old, elicitation));
    assertThat(methods(Direction.SERVER_REQUEST, V2025_11_25))
        .isEqualTo(both(both(old, elicitation), TASKS));
  }

  @Test
  void hasWhatStandsAloneSince20260728AndNothingOfTheHandshake() {
    assertThat(methods(Direction.CLIENT_REQUEST, V2026_07_28))
        .containsExactlyInAnyOrder(
            "server/discover",
            "subscriptions/listen",
            "tools/list",
            "tools/call",
            "prompts/list",
            "prompts/get",
            "resources/list",
            "resources/templates/list",
            "resources/read",
            "completion/complete",
            "tasks/get",
            "tasks/update",
            "tasks/cancel");
    assertThat(methods(Direction.CLIENT_NOTIFICATION, V2026_07_28))
        .containsExactly("notifications/cancelled");
    assertThat(methods(Direction.SERVER_REQUEST, V2026_07_28)).isEmpty();
    assertThat(methods(Direction.INPUT_REQUEST, V2026_07_28))
        .containsExactlyInAnyOrder("sampling/createMessage", "roots/list", "elicitation/create");
    assertThat(methods(Direction.INPUT_REQUEST, V2025_11_25)).isEmpty();
  }

  @Test
  void hasTheNotificationsOfEachRevisionAndNoOthers() {
    Set<String> client =
        Set.of(
            "notifications/initialized",
            "notifications/cancelled",
            "notifications/progress",
            "notifications/roots/list_changed");
    Set<String> server =
        Set.of(
            "notifications/cancelled",
            "notifications/progress",
            "notifications/message",
            "notifications/tools/list_changed",
            "notifications/prompts/list_changed",
            "notifications/resources/list_changed",
            "notifications/resources/updated");
    for (Revision revision : List.of(V2024_11_05, V2025_03_26, V2025_06_18)) {
      assertThat(methods(Direction.CLIENT_NOTIFICATION, revision)).isEqualTo(client);
      assertThat(methods(Direction.SERVER_NOTIFICATION, revision)).isEqualTo(server);
    }
    assertThat(methods(Direction.CLIENT_NOTIFICATION, V2025_11_25))
        .isEqualTo(both(client, Set.of("notifications/tasks/status")));
    assertThat(methods(Direction.SERVER_NOTIFICATION, V2025_11_25))
        .isEqualTo(
            both(
                server,
                Set.of("notifications/tasks/status", "notifications/elicitation/complete")));
  }

  @ParameterizedTest
  @EnumSource
  void hasNoDoorForAnythingElse(Direction direction) {
    Set<String> everything = new HashSet<>(Set.of("", "tools", "tools/call ", "Tools/call"));
    for (Direction other : Direction.values()) {
      everything.addAll(methods(other, V2025_11_25));
    }
    everything.addAll(Set.of("server/discover", "subscriptions/listen", "tasks/update"));
    everything.addAll(Set.of("tools/execute", "tasks/submit", "sampling/complete"));
    for (Revision revision : Revision.values()) {
      Set<String> outside = new HashSet<>(everything);
      outside.removeAll(methods(direction, revision));
      assertThat(outside).hasSizeGreaterThan(10);
      assertThat(outside)
          .allSatisfy(method -> assertThat(Methods.door(direction, revision, method)).isEmpty());
    }
  }

  @Test
  void decidesWhatReachesToolsPromptsAndResources() {
    assertThat(door("tools/call")).isEqualTo(Door.TOOL_CALL);
    assertThat(door("prompts/get")).isEqualTo(Door.PROMPT_GET);
    assertThat(door("resources/read")).isEqualTo(Door.RESOURCE_READ);
    assertThat(door("resources/subscribe")).isEqualTo(Door.RESOURCE_READ);
    assertThat(door("completion/complete")).isEqualTo(Door.COMPLETION);
    assertThat(door("tools/list")).isEqualTo(Door.LIST_TOOLS);
    assertThat(door("prompts/list")).isEqualTo(Door.LIST_PROMPTS);
    assertThat(door("resources/list")).isEqualTo(Door.LIST_RESOURCES);
    assertThat(door("resources/templates/list")).isEqualTo(Door.LIST_TEMPLATES);
    assertThat(door("tasks/list")).isEqualTo(Door.LIST_TASKS);
    assertThat(door("tasks/result")).isEqualTo(Door.TASK);
    assertThat(door("ping")).isEqualTo(Door.LOCAL);
    assertThat(door("logging/setLevel")).isEqualTo(Door.RELAY);
  }

  private static Door door(String method) {
    return Methods.door(Direction.CLIENT_REQUEST, V2025_11_25, method).orElseThrow();
  }

  @Test
  void knowsItsRevisions() {
    assertThat(Revision.served())
        .containsExactly(V2024_11_05, V2025_03_26, V2025_06_18, V2025_11_25, V2026_07_28);
    assertThat(Revision.modern()).containsExactly(V2026_07_28);
    assertThat(Revision.newestLegacy()).isEqualTo(V2025_11_25);
    assertThat(Revision.assumed()).isEqualTo(V2025_03_26);
    assertThat(Revision.of("2025-06-18")).contains(V2025_06_18);
    assertThat(Revision.of("2026-07-28")).contains(V2026_07_28);
    assertThat(Revision.of("2027-01-01")).isEmpty();
    assertThat(V2024_11_05.isServed()).isTrue();
    assertThat(Revision.of("2024-10-07")).isEmpty();
    assertThat(V2025_03_26.hasBatches()).isTrue();
    assertThat(V2025_06_18.hasBatches()).isFalse();
    assertThat(V2025_03_26.needsVersionHeader()).isFalse();
    assertThat(V2025_06_18.needsVersionHeader()).isTrue();
    assertThat(V2025_06_18.hasSsePolling()).isFalse();
    assertThat(V2025_11_25.hasSsePolling()).isTrue();
  }
}
