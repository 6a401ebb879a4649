package dev.tollbar.document;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** What came of reading a document. */
public sealed interface Reading {

  /** The document can go live. Whoever drops the revision closes it. */
  record Loaded(Revision revision) implements Reading {}

  /**
   * The document cannot be used.
   *
   * @param problems all of them, in the order of the document; at least one
   * @param files what was read or looked for: a change of these may mend it
   */
  record Rejected(List<Problem> problems, Set<Path> files) implements Reading {
    public Rejected {
      problems = List.copyOf(problems);
      files = Set.copyOf(files);
    }

    /** The problems as people are shown them. */
    public String text() {
      return Problem.text(problems);
    }
  }
}
