package dev.tollbar.legacy;

import java.util.Locale;
import java.util.Optional;

/** How severe a log message is, least severe first. Source: RFC 5424, as MCP names them. */
enum LogLevel {
  DEBUG,
  INFO,
  NOTICE,
  WARNING,
  ERROR,
  CRITICAL,
  ALERT,
  EMERGENCY;

  static Optional<LogLevel> of(String text) {
    for (LogLevel level : values()) {
      if (level.text().equals(text)) {
        return Optional.of(level);
      }
    }
    return Optional.empty();
  }

  String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
