package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;

/** What a script is kept apart from the gateway by. */
@JsonShape("{\"enum\": [\"thread\", \"process\"]}")
public enum Isolation {
  /** A thread and a sandbox: for scripts that may be wrong. */
  THREAD,
  /** A process of its own, killed at the deadline: for scripts that may be hostile. */
  PROCESS;

  /** Reads it from a document. */
  public static Isolation of(JsonNode value) {
    return switch (value.isTextual() ? value.textValue() : "") {
      case "thread" -> THREAD;
      case "process" -> PROCESS;
      default ->
          throw new InvalidConfigException(
              "",
              "\"thread\" or \"process\"",
              value.isTextual() ? Text.quoted(value.asText()) : Text.line(value.toString(), 80));
    };
  }
}
