package dev.tollbar.trial;

import dev.tollbar.audit.DecisionReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** Decision records, as a log has them. */
final class Records {
  private Records() {}

  /** A record of a call of a tool at noon. */
  static String call(String tool, String decision, String more) {
    return """
    {"time":"2026-11-26T12:00:00.000000Z","decision":"%s","grant":"local","server":"default",\
    "policy":"shop","method":"tools/call","tool":"%s"%s}
    """
        .formatted(decision, tool, more.isEmpty() ? "" : "," + more);
  }

  static void each(Path folder, String lines, Consumer<DecisionReader.Entry> taker)
      throws IOException {
    Path file = Files.writeString(folder.resolve("decisions.jsonl"), lines);
    try (DecisionReader reader = DecisionReader.open(file)) {
      for (Optional<DecisionReader.Entry> entry = reader.next();
          entry.isPresent();
          entry = reader.next()) {
        taker.accept(entry.get());
      }
    }
  }
}
