package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The {@code call} that a script sees: what the API's {@link Call} says, and nothing else. */
class CallView extends ReadOnlyObject {
  private static final List<String> ALWAYS =
      List.of(
          "tool",
          "args",
          "server",
          "grant",
          "labels",
          "annotations",
          "protocolRevision",
          "time",
          "method",
          "limits");

  private final Call call;
  private final Optional<JsonNode> limits;
  private boolean wantsLimits; // of the script's worker, and of the caller once that has ended

  /** A script read what cannot be told, or not yet. Scripts meet its text. */
  private static final class NotToldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NotToldException(String message) {
      super(message, null, false, false);
    }
  }

  /**
   * A view of a call.
   *
   * @param limits what {@link Limits} says of it; absent as long as no script has read it: to look
   *     it up costs, and may block, which no script's worker may
   */
  CallView(Call call, Optional<JsonNode> limits) {
    this.call = call;
    this.limits = limits;
  }

  /** Whether the script read limits that were not looked up: what it says does not count then. */
  boolean wantsLimits() {
    return wantsLimits;
  }

  /** What stands under {@code limits}. */
  JsonNode limits() {
    if (limits.isEmpty()) {
      wantsLimits = true;
      throw new NotToldException("call.limits is looked up");
    }
    if (limits.get().isTextual()) {
      throw new NotToldException("call.limits cannot be told: " + limits.get().textValue());
    }
    return limits.get();
  }

  @Override
  public @Nullable Object getMember(String key) {
    return switch (key) {
      case "tool" -> call.tool().name();
      case "args" -> JsonView.of(call.arguments());
      case "server" -> call.server();
      case "grant" -> call.grant();
      case "labels" -> new JsonView.MapView<>(call.labels(), label -> label);
      case "category" -> call.tool().category().orElse(null);
      case "annotations" -> new JsonView.MapView<>(call.tool().annotations(), JsonView::of);
      case "protocolRevision" -> call.protocolRevision();
      case "session" -> call.session().orElse(null);
      case "time" -> call.time().toString();
      case "method" -> call.method();
      case "limits" -> JsonView.of(limits());
      default -> null;
    };
  }

  @Override
  public boolean hasMember(String key) {
    return switch (key) {
      case "category" -> call.tool().category().isPresent();
      case "session" -> call.session().isPresent();
      default -> ALWAYS.contains(key);
    };
  }

  @Override
  List<String> names() {
    List<String> names = new ArrayList<>(ALWAYS);
    call.tool().category().ifPresent(category -> names.add("category"));
    call.session().ifPresent(session -> names.add("session"));
    return names;
  }
}
