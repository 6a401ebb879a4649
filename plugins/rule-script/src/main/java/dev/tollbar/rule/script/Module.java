package dev.tollbar.rule.script;

import java.util.List;
import java.util.Set;
import org.graalvm.polyglot.Source;

/**
 * A module as it is run: a function of the modules that it imports, which gives what it exports. It
 * runs anew for every call, so that nothing which a script declares outlives a call. Evaluating ES
 * modules anew would say the same and costs ten times as much.
 *
 * @param body of the predicate itself it gives the default export, of others all exports
 * @param imports what it imports, in the order in which the function takes them
 * @param exports the names of what it exports
 */
record Module(ModuleText text, Source body, List<Import> imports, Set<String> exports) {
  // Keeps the columns of the author's first line.
  static final int HEAD_LINES = 1;

  /**
   * One import.
   *
   * @param path in the document's folder
   * @param names what it takes by name
   * @param offset where its statement stands
   */
  record Import(String path, List<String> names, int offset) {}
}
