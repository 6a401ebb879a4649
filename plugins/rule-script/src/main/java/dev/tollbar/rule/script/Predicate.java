package dev.tollbar.rule.script;

import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;

/**
 * A script as its author writes it, a module with a default export, and as it is run: the body of a
 * function that returns that export. The body runs anew for every call, so that nothing which the
 * script declares outlives a call. Evaluating the module anew would say the same and costs ten
 * times as much.
 *
 * @param name as messages call it
 */
record Predicate(String name, String text) {
  private static final Pattern EXPORT = Pattern.compile("\\bexport\\s+default\\b");
  private static final Pattern NAMED_FUNCTION =
      Pattern.compile("\\s+(?:async\\s+)?function\\b[\\s*]*([A-Za-z_$][\\w$]*)");
  private static final String MODULE = "application/javascript+module";
  private static final String SCRIPT = "application/javascript";
  // Keeps the columns of the author's first line.
  private static final String HEAD = "(function () {\n";
  private static final int HEAD_LINES = 1;

  /** What is wrong with a script, as the rest of "found …". */
  static final class Unusable extends Exception {
    private static final long serialVersionUID = 1L;

    Unusable(String found) {
      super(found, null, false, false);
    }

    String found() {
      return String.valueOf(getMessage());
    }
  }

  /**
   * The function whose result is the predicate.
   *
   * @throws Unusable if the text is not a module that exports one thing, its default
   */
  Source body(Context context) throws Unusable {
    try {
      context.parse(source(text, MODULE));
    } catch (PolyglotException e) {
      throw new Unusable("a syntax error at " + place(e, 0) + ": " + syntaxMessage(e));
    }
    if (parses(context, source(HEAD + text + "\n})", SCRIPT))) {
      throw new Unusable("no default export in " + name);
    }
    // The parser itself finds the export: a function body must not have one, so that only the text
    // without the real one parses, whatever comments and strings say.
    Matcher candidates = EXPORT.matcher(text);
    while (candidates.find()) {
      Source body = source(bodyOf(candidates), SCRIPT);
      if (parses(context, body)) {
        return body;
      }
    }
    throw new Unusable("an import, or an export other than the default one, in " + name);
  }

  private String bodyOf(MatchResult export) {
    String before = text.substring(0, export.start());
    String after = text.substring(export.end());
    String variable = unusedName();
    Matcher function = NAMED_FUNCTION.matcher(after);
    String declaration = function.lookingAt() ? "" : "const " + variable + " =";
    String result = function.lookingAt() ? function.group(1) : variable;
    String room = " ".repeat(Math.max(0, export.group().length() - declaration.length()));
    String breaks = export.group().replaceAll("[^\\n]", "");
    return HEAD + before + breaks + declaration + room + after + "\nreturn " + result + ";\n})";
  }

  private String unusedName() {
    String variable = "$rule";
    while (text.contains(variable)) {
      variable += "$";
    }
    return variable;
  }

  private static boolean parses(Context context, Source source) {
    try {
      context.parse(source);
      return true;
    } catch (PolyglotException e) {
      return false;
    }
  }

  private Source source(String characters, String type) {
    return Source.newBuilder("js", characters, name).mimeType(type).buildLiteral();
  }

  /** What an error of the running script says, with its place: for operators. */
  String describe(PolyglotException error) {
    return place(error, HEAD_LINES) + ": " + Text.line(String.valueOf(error.getMessage()), 200);
  }

  private String place(PolyglotException error, int linesBefore) {
    return section(error)
        .map(at -> {
          int line = at.getStartLine() - linesBefore;
          return name + ":" + line + ":" + at.getStartColumn();
        })
        .orElse(name);
  }

  private Optional<SourceSection> section(PolyglotException error) {
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

  // "SyntaxError: refund.js:3:14 Expected ; but found }", then the line and a caret below it.
  private String syntaxMessage(PolyglotException error) {
    String first = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    String message = first.replaceFirst("^SyntaxError: ", "");
    return Text.line(message.replaceFirst("^" + Pattern.quote(name) + ":\\d+:\\d+ ", ""), 200);
  }
}
