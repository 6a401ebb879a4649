package dev.tollbar.protocol;

import static dev.tollbar.protocol.Revision.V2024_11_05;
import static dev.tollbar.protocol.Revision.V2025_06_18;
import static dev.tollbar.protocol.Revision.V2025_11_25;
import static dev.tollbar.protocol.Revision.V2026_07_28;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every method there is, by who sends it and since which revision, and what is decided on it. A
 * method that is not here has no door and goes nowhere. Sources: the schemas of the MCP revisions
 * 2024-11-05 to 2026-07-28, and the tasks extension of the last.
 */
public final class Methods {

  /** Who sends it, and whether an answer is due. */
  public enum Direction {
    CLIENT_REQUEST,
    CLIENT_NOTIFICATION,
    SERVER_REQUEST,
    SERVER_NOTIFICATION,
    /** What a server asks of a client inside of a result ({@code inputRequests}). */
    INPUT_REQUEST
  }

  /**
   * A method.
   *
   * @param since the first revision that has it
   * @param upTo the last one
   */
  private record Row(String method, Revision since, Revision upTo, Door door) {
    Row(String method, Revision since, Door door) {
      this(method, since, V2026_07_28, door);
    }

    boolean isIn(Revision revision) {
      return revision.isSince(since) && upTo.isSince(revision);
    }
  }

  private static final List<Row> CLIENT_REQUESTS =
      List.of(
          new Row("initialize", V2024_11_05, V2025_11_25, Door.INITIALIZE),
          new Row("ping", V2024_11_05, V2025_11_25, Door.LOCAL),
          new Row("tools/list", V2024_11_05, Door.LIST_TOOLS),
          new Row("tools/call", V2024_11_05, Door.TOOL_CALL),
          new Row("prompts/list", V2024_11_05, Door.LIST_PROMPTS),
          new Row("prompts/get", V2024_11_05, Door.PROMPT_GET),
          new Row("resources/list", V2024_11_05, Door.LIST_RESOURCES),
          new Row("resources/templates/list", V2024_11_05, Door.LIST_TEMPLATES),
          new Row("resources/read", V2024_11_05, Door.RESOURCE_READ),
          new Row("resources/subscribe", V2024_11_05, V2025_11_25, Door.RESOURCE_READ),
          new Row("resources/unsubscribe", V2024_11_05, V2025_11_25, Door.RESOURCE_READ),
          new Row("completion/complete", V2024_11_05, Door.COMPLETION),
          new Row("logging/setLevel", V2024_11_05, V2025_11_25, Door.RELAY),
          new Row("tasks/get", V2025_11_25, Door.TASK),
          new Row("tasks/result", V2025_11_25, V2025_11_25, Door.TASK),
          new Row("tasks/cancel", V2025_11_25, Door.TASK),
          new Row("tasks/list", V2025_11_25, V2025_11_25, Door.LIST_TASKS),
          new Row("server/discover", V2026_07_28, Door.DISCOVER),
          new Row("subscriptions/listen", V2026_07_28, Door.LISTEN),
          new Row("tasks/update", V2026_07_28, Door.TASK));

  private static final List<Row> CLIENT_NOTIFICATIONS =
      List.of(
          new Row("notifications/initialized", V2024_11_05, V2025_11_25, Door.RELAY),
          new Row("notifications/cancelled", V2024_11_05, Door.CANCEL),
          new Row("notifications/progress", V2024_11_05, V2025_11_25, Door.RELAY),
          new Row("notifications/roots/list_changed", V2024_11_05, V2025_11_25, Door.RELAY),
          new Row("notifications/tasks/status", V2025_11_25, V2025_11_25, Door.RELAY));

  private static final List<Row> SERVER_REQUESTS =
      List.of(
          new Row("ping", V2024_11_05, V2025_11_25, Door.LOCAL),
          new Row("sampling/createMessage", V2024_11_05, V2025_11_25, Door.SAMPLING),
          new Row("roots/list", V2024_11_05, V2025_11_25, Door.ROOTS),
          new Row("elicitation/create", V2025_06_18, V2025_11_25, Door.ELICITATION),
          new Row("tasks/get", V2025_11_25, V2025_11_25, Door.RELAY),
          new Row("tasks/result", V2025_11_25, V2025_11_25, Door.RELAY),
          new Row("tasks/cancel", V2025_11_25, V2025_11_25, Door.RELAY),
          new Row("tasks/list", V2025_11_25, V2025_11_25, Door.RELAY));

  private static final List<Row> SERVER_NOTIFICATIONS =
      List.of(
          new Row("notifications/cancelled", V2024_11_05, Door.CANCEL),
          new Row("notifications/progress", V2024_11_05, Door.RELAY),
          new Row("notifications/message", V2024_11_05, Door.RELAY),
          new Row("notifications/tools/list_changed", V2024_11_05, Door.RELAY),
          new Row("notifications/prompts/list_changed", V2024_11_05, Door.RELAY),
          new Row("notifications/resources/list_changed", V2024_11_05, Door.RELAY),
          new Row("notifications/resources/updated", V2024_11_05, Door.RELAY),
          new Row("notifications/elicitation/complete", V2025_11_25, V2025_11_25, Door.RELAY),
          new Row("notifications/tasks/status", V2025_11_25, Door.RELAY),
          new Row("notifications/subscriptions/acknowledged", V2026_07_28, Door.RELAY));

  private static final List<Row> INPUT_REQUESTS =
      List.of(
          new Row("sampling/createMessage", V2026_07_28, Door.SAMPLING),
          new Row("roots/list", V2026_07_28, Door.ROOTS),
          new Row("elicitation/create", V2026_07_28, Door.ELICITATION));

  private static final Map<Direction, Map<Revision, Map<String, Door>>> TABLE = table();

  private Methods() {}

  /** What is decided on a method; empty if the revision does not have it. */
  public static Optional<Door> door(Direction direction, Revision revision, String method) {
    return Optional.ofNullable(doors(direction, revision).get(method));
  }

  /** All methods of a direction in a revision. */
  public static Map<String, Door> doors(Direction direction, Revision revision) {
    return TABLE.getOrDefault(direction, Map.of()).getOrDefault(revision, Map.of());
  }

  private static Map<Direction, Map<Revision, Map<String, Door>>> table() {
    Map<Direction, Map<Revision, Map<String, Door>>> table = new EnumMap<>(Direction.class);
    for (Direction direction : Direction.values()) {
      List<Row> rows =
          switch (direction) {
            case CLIENT_REQUEST -> CLIENT_REQUESTS;
            case CLIENT_NOTIFICATION -> CLIENT_NOTIFICATIONS;
            case SERVER_REQUEST -> SERVER_REQUESTS;
            case SERVER_NOTIFICATION -> SERVER_NOTIFICATIONS;
            case INPUT_REQUEST -> INPUT_REQUESTS;
          };
      Map<Revision, Map<String, Door>> byRevision = new EnumMap<>(Revision.class);
      for (Revision revision : Revision.values()) {
        byRevision.put(revision, inForce(rows, revision));
      }
      table.put(direction, byRevision);
    }
    return table;
  }

  private static Map<String, Door> inForce(List<Row> rows, Revision revision) {
    Map<String, Door> doors = new HashMap<>();
    for (Row row : rows) {
      if (row.isIn(revision)) {
        doors.put(row.method(), row.door());
      }
    }
    return Map.copyOf(doors);
  }
}
