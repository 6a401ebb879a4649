package dev.tollbar.document;

/** A file that cannot be read any further, with the one problem that says why. */
final class RejectedException extends Exception {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // never sent anywhere
  private final Problem problem;

  RejectedException(Problem problem) {
    super(problem.toString());
    this.problem = problem;
  }

  Problem problem() {
    return problem;
  }
}
