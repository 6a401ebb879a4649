package dev.tollbar.transport.stdio;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;

/**
 * Carries what a process writes to stderr into the log. Always reads on, so that the process never
 * blocks: lines are cut, and of a flood most are counted only.
 */
final class StderrLog {
  private static final int MOST_CHARACTERS = 2_000;
  private static final int MOST_LINES_A_SECOND = 200;
  private static final long SECOND = 1_000_000_000L;

  private final InputStream stderr;
  private final Logger logger;
  private long second = System.nanoTime();
  private int lines;
  private long leftOut;

  StderrLog(InputStream stderr, Logger logger) {
    this.stderr = stderr;
    this.logger = logger;
  }

  /** Reads to the end. */
  void read() {
    byte[] buffer = new byte[8 * 1024];
    byte[] line = new byte[MOST_CHARACTERS];
    int length = 0;
    try {
      for (int count = stderr.read(buffer); count >= 0; count = stderr.read(buffer)) {
        for (int i = 0; i < count; i++) {
          if (buffer[i] == '\n') {
            log(line, length);
            length = 0;
          } else if (length < line.length) {
            line[length++] = buffer[i];
          }
        }
      }
    } catch (IOException e) {
      logger.debug("stderr ended: {}", e.getMessage());
    }
    log(line, length);
    sayWhatWasLeftOut();
  }

  private void log(byte[] line, int length) {
    String text = new String(line, 0, length, StandardCharsets.UTF_8).stripTrailing();
    if (text.isEmpty()) {
      return;
    }
    long now = System.nanoTime();
    if (now - second >= SECOND) {
      second = now;
      lines = 0;
      sayWhatWasLeftOut();
    }
    if (lines >= MOST_LINES_A_SECOND) {
      leftOut++;
      return;
    }
    lines++;
    logger.info("{}", printable(text));
  }

  private void sayWhatWasLeftOut() {
    if (leftOut > 0) {
      logger.info("{} more lines of stderr were left out", leftOut);
      leftOut = 0;
    }
  }

  /** Colours and cursor movements have no place in a log. */
  private static String printable(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> printable.appendCodePoint(c != '\t' && Character.isISOControl(c) ? '\u00b7' : c));
    return printable.toString();
  }
}
