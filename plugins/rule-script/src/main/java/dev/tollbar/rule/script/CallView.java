package dev.tollbar.rule.script;

import dev.tollbar.api.Call;
import java.util.ArrayList;
import java.util.List;
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
          "method");

  private final Call call;

  CallView(Call call) {
    this.call = call;
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
