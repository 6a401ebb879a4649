package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;

/**
 * A script with all that it imports, ready to run.
 *
 * @param modules what is imported comes before what imports it; the predicate is the last
 */
record Program(List<Module> modules) {
  private static final int MOST_MODULES = 64;
  private static final int DEEPEST = 32;

  Program {
    modules = List.copyOf(modules);
  }

  /** Reads the text of a file of the document's folder. */
  @FunctionalInterface
  interface Files {
    /**
     * The text.
     *
     * @throws dev.tollbar.api.InvalidConfigException if there is no such file in the folder
     */
    String text(String path);
  }

  /** Parses one module. */
  @FunctionalInterface
  interface Parser {
    Module parse(ModuleText text, boolean predicate)
        throws Unusable, ScriptFailure, InterruptedException;
  }

  /** Reads a script and what it imports. */
  static Program read(ModuleText predicate, Files files, Parser parser)
      throws Unusable, ScriptFailure, InterruptedException {
    Gathering gathering = new Gathering(files, parser);
    gathering.add(parser.parse(predicate, true), List.of(predicate.name()));
    return new Program(List.copyOf(gathering.modules.values()));
  }

  private static final class Gathering {
    private final Files files;
    private final Parser parser;
    private final Map<String, Module> modules = new LinkedHashMap<>();

    Gathering(Files files, Parser parser) {
      this.files = files;
      this.parser = parser;
    }

    /** Adds a module after what it imports. */
    void add(Module module, List<String> above)
        throws Unusable, ScriptFailure, InterruptedException {
      ModuleText text = module.text();
      for (Module.Import each : module.imports()) {
        if (each.path().equals(text.path()) || above.contains(each.path())) {
          throw new Unusable(
              "an import in a circle at "
                  + text.at(each.offset())
                  + ": "
                  + String.join(" imports ", above)
                  + " imports "
                  + each.path());
        }
        Module imported = modules.get(each.path());
        if (imported == null) {
          if (modules.size() + above.size() > MOST_MODULES || above.size() > DEEPEST) {
            throw new Unusable(
                "more than " + MOST_MODULES + " modules, or imports nested deeper than " + DEEPEST);
          }
          String source = files.text(each.path());
          imported = parser.parse(new ModuleText(each.path(), each.path(), source), false);
          List<String> chain = new ArrayList<>(above);
          chain.add(each.path());
          add(imported, chain);
        }
        requireNames(text, each, imported);
      }
      modules.put(text.path(), module);
    }

    private static void requireNames(ModuleText text, Module.Import wanted, Module imported)
        throws Unusable {
      for (String name : wanted.names()) {
        if (!imported.exports().contains(name)) {
          throw new Unusable(
              "an import of "
                  + (name.equals("default") ? "a default export" : Text.quoted(name))
                  + " at "
                  + text.at(wanted.offset())
                  + ", which "
                  + wanted.path()
                  + " does not have");
        }
      }
    }
  }

  Module predicate() {
    return modules.getLast();
  }

  String name() {
    return predicate().text().name();
  }

  List<Source> bodies() {
    return modules.stream().map(Module::body).toList();
  }

  /** For every body, which others it takes, as JSON. */
  String needs() {
    List<String> paths = modules.stream().map(module -> module.text().path()).toList();
    ArrayNode needs = JsonNodeFactory.instance.arrayNode();
    for (Module module : modules) {
      ArrayNode indices = needs.addArray();
      module.imports().forEach(each -> indices.add(paths.indexOf(each.path())));
    }
    return needs.toString();
  }

  /** What an error of the running script says, with its place and the line there: for operators. */
  String describe(PolyglotException error) {
    String message = Text.line(String.valueOf(error.getMessage()), 200);
    return modules.reversed().stream()
        .flatMap(module -> place(module.text(), error).stream())
        .findFirst()
        .map(place -> place.formatted(message))
        .orElse(name() + ": " + message);
  }

  private Optional<String> place(ModuleText text, PolyglotException error) {
    return innermost(error)
        .filter(text.name()::equals)
        .flatMap(_ -> text.section(error))
        .map(at -> {
          int line = at.getStartLine() - Module.HEAD_LINES;
          return text.at(line, at.getStartColumn())
              + ": %s in "
              + text.line(line).replace("%", "%%");
        });
  }

  /** Which of the modules the innermost frame that is an author's stands in. */
  private Optional<String> innermost(PolyglotException error) {
    List<String> names = modules.stream().map(module -> module.text().name()).toList();
    List<String> places = new ArrayList<>();
    if (error.getSourceLocation() != null) {
      places.add(error.getSourceLocation().getSource().getName());
    }
    error
        .getPolyglotStackTrace()
        .forEach(frame -> {
          if (frame.getSourceLocation() != null) {
            places.add(frame.getSourceLocation().getSource().getName());
          }
        });
    return places.stream().filter(names::contains).findFirst();
  }
}
