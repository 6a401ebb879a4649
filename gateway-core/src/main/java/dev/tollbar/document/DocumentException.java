package dev.tollbar.document;

import java.util.List;

/** Part of a document cannot be used; found only when it was put to use. */
public final class DocumentException extends Exception {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never sent anywhere
  private final List<Problem> problems;

  public DocumentException(List<Problem> problems) {
    super(Problem.text(problems));
    this.problems = List.copyOf(problems);
  }

  public List<Problem> problems() {
    return problems;
  }
}
