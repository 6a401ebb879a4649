package dev.tollbar.audit;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the log says about itself, in a line among the decisions.
 *
 * @param details further members: texts and whole numbers
 */
record LogEvent(Instant time, Kind kind, Map<String, Object> details) implements LogLine {

  enum Kind {
    /** Refusals of one reason were too many for a line each; they were counted. */
    SUPPRESSED,
    /** A line that was cut short, by a crash, was taken off the end of the file. */
    TORN,
    /** Lines that had been written were not there any more when writing went on. */
    MISSING,
    /** The head was not there, or not made with this key: the chain begins anew. */
    HEAD_LOST;

    String wire() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  LogEvent {
    details = new LinkedHashMap<>(details);
  }

  static LogEvent torn(Instant time, long bytes, String text) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("bytes", bytes);
    details.put("text", text);
    return new LogEvent(time, Kind.TORN, details);
  }

  static LogEvent missing(Instant time, ChainHead head, long found) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("file_begins", head.begins());
    details.put("through", head.seq());
    details.put("expected_bytes", head.size());
    details.put("found_bytes", found);
    return new LogEvent(time, Kind.MISSING, details);
  }

  static LogEvent headLost(Instant time, boolean there) {
    return new LogEvent(
        time, Kind.HEAD_LOST, Map.of("reason", there ? "not made with this key" : "not there"));
  }
}
