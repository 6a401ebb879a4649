package dev.tollbar.rule.script;

import java.util.Optional;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;

/**
 * One JavaScript module as its author writes it.
 *
 * @param name as messages call it
 * @param path in the document's folder; what it imports is relative to that
 */
record ModuleText(String name, String path, String text) {
  static final String MODULE = "application/javascript+module";
  static final String SCRIPT = "application/javascript";

  Source source(String characters, String type) {
    return Source.newBuilder("js", characters, name).mimeType(type).buildLiteral();
  }

  /** A place in it, as messages say it, with the line that is there. */
  String at(int line, int column) {
    return name + ":" + line + ":" + column;
  }

  /** The line, as messages quote it; lines count from 1. */
  String line(int number) {
    return text.lines()
        .skip(Math.max(0, number - 1L))
        .findFirst()
        .map(String::strip)
        .map(Text::quoted)
        .orElse("\"\"");
  }

  /** Where the text at this offset stands. */
  String at(int offset) {
    String before = text.substring(0, offset);
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    return at(line, offset - before.lastIndexOf('\n'));
  }

  /** The line that this offset is in, as messages quote it. */
  String lineAt(int offset) {
    return line((int) text.substring(0, offset).chars().filter(c -> c == '\n').count() + 1);
  }

  /** Where in this module an error arose, if it did; the innermost place. */
  Optional<SourceSection> section(PolyglotException error) {
    SourceSection own = error.getSourceLocation();
    if (own != null && own.getSource().getName().equals(name)) {
      return Optional.of(own);
    }
    for (PolyglotException.StackFrame frame : error.getPolyglotStackTrace()) {
      SourceSection at = frame.getSourceLocation();
      if (at != null && at.getSource().getName().equals(name)) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }
}
