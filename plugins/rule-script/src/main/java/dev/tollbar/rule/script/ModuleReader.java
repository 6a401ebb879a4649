package dev.tollbar.rule.script;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;
import org.jspecify.annotations.Nullable;

/**
 * Turns a module into the body of a function. The language's own parser finds the imports and
 * exports, whatever comments and strings say: as a function body, the text fails at the first of
 * them; that one is replaced by what takes the same room, and so on until it parses.
 */
final class ModuleReader {
  private static final String OPEN = "(function () {";
  private static final String NAME = "[\\p{L}_$][\\p{L}\\p{N}_$]*";
  private static final String FROM = "(?<quote>[\"'])(?<from>[^\"'\\\\\\n]*)\\k<quote>[ \\t]*;?";
  private static final Pattern IMPORT =
      Pattern.compile(
          ("import\\b\\s*(?:(?<default>NAME)?\\s*,?\\s*"
                  + "(?:\\*\\s*as\\s+(?<all>NAME)|\\{(?<names>[^}]*)\\})?\\s*\\bfrom\\b\\s*)?FROM")
              .replace("NAME", NAME)
              .replace("FROM", FROM));
  private static final Pattern DEFAULT = Pattern.compile("export\\s+default\\b");
  private static final Pattern NAMED_FUNCTION =
      Pattern.compile("\\s+(?:async\\s+)?function\\b[\\s*]*(NAME)".replace("NAME", NAME));
  private static final Pattern DECLARATION =
      Pattern.compile(
          "export\\s+(?=(?:const|class|(?:async\\s+)?function)\\b[\\s*]*(?<name>NAME))"
              .replace("NAME", NAME));
  private static final Pattern LIST =
      Pattern.compile(
          "export\\s*\\{(?<names>[^}]*)\\}(?:\\s*from\\s*FROM)?[ \\t]*;?".replace("FROM", FROM));
  private static final Pattern LISTED =
      Pattern.compile("(NAME)(?:\\s+as\\s+(NAME))?".replace("NAME", NAME));
  private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\\n]*", Pattern.DOTALL);

  private final Context context;
  private final ModuleText module;
  private final List<Module.Import> imports = new ArrayList<>();
  private final List<String> bindings = new ArrayList<>();

  /** What stands for each export, by its name. */
  private final Map<String, String> exports = new LinkedHashMap<>();

  private final String prefix;
  private String body;

  private ModuleReader(Context context, ModuleText module) {
    this.context = context;
    this.module = module;
    this.body = module.text();
    this.prefix = unusedName(module.text());
  }

  /**
   * Reads a module.
   *
   * @param context any that parses; no code of the author runs
   * @param predicate whether its default export is what is wanted
   */
  static Module read(Context context, ModuleText module, boolean predicate) throws Unusable {
    return new ModuleReader(context, module).read(predicate);
  }

  private Module read(boolean predicate) throws Unusable {
    PolyglotException broken = error(module.source(module.text(), ModuleText.MODULE));
    if (broken != null) {
      throw syntaxError(broken, 0);
    }
    for (int last = -1; ; ) {
      PolyglotException error = error(module.source(whole(OPEN, ""), ModuleText.SCRIPT));
      if (error == null) {
        break;
      }
      SourceSection where = error.getSourceLocation();
      int at = where == null ? -1 : where.getCharIndex() - OPEN.length() - 1;
      if (at <= last || !replace(at)) {
        throw statementError(error, at);
      }
      last = at;
    }
    if (predicate && !exports.containsKey("default")) {
      throw new Unusable("no default export in " + module.name());
    }
    Source source = module.source(whole(head(), result(predicate)), ModuleText.SCRIPT);
    PolyglotException error = error(source);
    if (error != null) {
      throw syntaxError(error, Module.HEAD_LINES);
    }
    return new Module(module, source, List.copyOf(imports), Set.copyOf(exports.keySet()));
  }

  private String head() {
    String parameters =
        IntStream.range(0, imports.size())
            .mapToObj(this::parameter)
            .collect(Collectors.joining(", "));
    return "(function (" + parameters + ") { " + String.join(" ", bindings);
  }

  private String parameter(int index) {
    return prefix + index;
  }

  private String result(boolean predicate) {
    if (predicate) {
      return "return " + exports.get("default") + ";";
    }
    return exports.entrySet().stream()
        .map(export -> export.getKey() + ": " + export.getValue())
        .collect(Collectors.joining(", ", "return { __proto__: null, ", " };"));
  }

  private String whole(String head, String result) {
    return head + "\n" + body + "\n" + result + "\n})";
  }

  private @Nullable PolyglotException error(Source source) {
    try {
      context.parse(source);
      return null;
    } catch (PolyglotException e) {
      if (e.isCancelled() || e.isResourceExhausted()) {
        throw e;
      }
      return e;
    }
  }

  /** Replaces the statement at an offset; false if there is none that is known. */
  private boolean replace(int at) throws Unusable {
    if (at < 0 || at >= body.length()) {
      return false;
    }
    Matcher matcher = IMPORT.matcher(body).region(at, body.length());
    if (matcher.lookingAt()) {
      bind(matcher, at);
      put(matcher, "");
      return true;
    }
    matcher = DEFAULT.matcher(body).region(at, body.length());
    if (matcher.lookingAt()) {
      exportDefault(matcher);
      return true;
    }
    matcher = DECLARATION.matcher(body).region(at, body.length());
    if (matcher.lookingAt()) {
      exports.put(matcher.group("name"), matcher.group("name"));
      put(matcher, "");
      return true;
    }
    matcher = LIST.matcher(body).region(at, body.length());
    if (matcher.lookingAt()) {
      exportList(matcher, at);
      put(matcher, "");
      return true;
    }
    return false;
  }

  private void exportDefault(Matcher matcher) {
    Matcher function = NAMED_FUNCTION.matcher(body).region(matcher.end(), body.length());
    if (function.lookingAt()) {
      exports.put("default", function.group(1));
      put(matcher, "");
    } else {
      String variable = prefix + "x";
      exports.put("default", variable);
      put(matcher, "const " + variable + " =");
    }
  }

  private void bind(Matcher matcher, int at) throws Unusable {
    String variable = parameter(imports.size());
    List<String> names = new ArrayList<>();
    if (matcher.group("default") != null) {
      names.add("default");
      bindings.add("const { default: " + matcher.group("default") + " } = " + variable + ";");
    }
    if (matcher.group("all") != null) {
      bindings.add("const " + matcher.group("all") + " = " + variable + ";");
    }
    for (Map.Entry<String, String> each : listed(matcher.group("names"), at).entrySet()) {
      names.add(each.getValue());
      bindings.add("const { " + each.getValue() + ": " + each.getKey() + " } = " + variable + ";");
    }
    imports.add(new Module.Import(path(matcher.group("from"), at), names, at));
  }

  private void exportList(Matcher matcher, int at) throws Unusable {
    // Here the new name is the second one: { local as exported }.
    Map<String, String> byExport = listed(matcher.group("names"), at);
    if (matcher.group("from") == null) {
      exports.putAll(byExport);
      return;
    }
    String variable = parameter(imports.size());
    byExport.forEach((exported, theirs) -> exports.put(exported, variable + "." + theirs));
    imports.add(
        new Module.Import(path(matcher.group("from"), at), List.copyOf(byExport.values()), at));
  }

  /** Old names by new ones, of a list such as {@code a, b as c}. */
  private Map<String, String> listed(@Nullable String list, int at) throws Unusable {
    Map<String, String> names = new LinkedHashMap<>();
    if (list == null) {
      return names;
    }
    for (String each : COMMENT.matcher(list).replaceAll(" ").split(",", -1)) {
      if (each.isBlank()) {
        continue;
      }
      Matcher matcher = LISTED.matcher(each.strip());
      if (!matcher.matches()) {
        throw unknownForm(at);
      }
      String as = matcher.group(2);
      names.put(as == null ? matcher.group(1) : as, matcher.group(1));
    }
    return names;
  }

  /** Where an import leads, relative to the document. */
  private String path(String from, int at) throws Unusable {
    if (!from.startsWith("./") && !from.startsWith("../")) {
      throw new Unusable(
          "an import of "
              + Text.quoted(from)
              + " at "
              + module.at(at)
              + "; imports name files, beginning with \"./\" or \"../\"");
    }
    Path folder = Path.of(module.path()).getParent();
    Path file = folder == null ? Path.of(from) : folder.resolve(from);
    return file.normalize().toString().replace('\\', '/');
  }

  /** Puts this in place of a match, with room around it: what comes after stays where it is. */
  private void put(Matcher matcher, String replacement) {
    String old = matcher.group();
    String breaks = old.replaceAll("[^\\n]", "");
    int taken = breaks.isEmpty() ? replacement.length() : 0;
    String room = " ".repeat(Math.max(0, old.length() - old.lastIndexOf('\n') - 1 - taken));
    body =
        body.substring(0, matcher.start())
            + replacement
            + breaks
            + room
            + body.substring(matcher.end());
  }

  private static String unusedName(String text) {
    String variable = "$rule";
    while (text.contains(variable)) {
      variable += "$";
    }
    return variable;
  }

  private Unusable unknownForm(int at) {
    return new Unusable(
        "an import or export of an unknown form at " + module.at(at) + " in " + module.lineAt(at));
  }

  private Unusable statementError(PolyglotException error, int at) {
    boolean statement =
        at >= 0
            && at < body.length()
            && (body.startsWith("import", at) || body.startsWith("export", at));
    return statement && !body.startsWith("import.", at)
        ? unknownForm(Math.min(at, module.text().length()))
        : syntaxError(error, Module.HEAD_LINES);
  }

  private Unusable syntaxError(PolyglotException error, int linesBefore) {
    return module
        .section(error)
        .map(at -> {
          int line = at.getStartLine() - linesBefore;
          return new Unusable(
              "a syntax error at "
                  + module.at(line, at.getStartColumn())
                  + ": "
                  + syntaxMessage(error)
                  + " in "
                  + module.line(line));
        })
        .orElseGet(
            () -> new Unusable("a syntax error in " + module.name() + ": " + syntaxMessage(error)));
  }

  // "SyntaxError: refund.js:3:14 Expected ; but found }", then the line and a caret below it.
  private String syntaxMessage(PolyglotException error) {
    String first = String.valueOf(error.getMessage()).lines().findFirst().orElse("");
    String message = first.replaceFirst("^SyntaxError: ", "");
    return Text.line(
        message.replaceFirst("^" + Pattern.quote(module.name()) + ":\\d+:\\d+ ", ""), 200);
  }
}
