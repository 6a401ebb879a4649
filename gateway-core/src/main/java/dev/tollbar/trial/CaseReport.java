package dev.tollbar.trial;

import java.util.List;
import java.util.Optional;

/**
 * What came of one case.
 *
 * @param failure empty if everything was as expected
 */
record CaseReport(String name, Optional<Failure> failure) {

  /**
   * What was not as expected; what comes after it in the case was not tried.
   *
   * @param call which call of the case, in words
   * @param message what is wrong, if it is no difference
   * @param differences what was looked at of the call
   * @param judged what every rule saw of it; empty if no policy was asked
   */
  record Failure(
      int line,
      int column,
      String call,
      Optional<String> message,
      List<Difference> differences,
      Optional<Judged> judged) {}
}
