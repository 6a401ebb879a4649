package dev.tollbar.testkit.proof;

import java.util.List;

/**
 * What an evaluator says to a call.
 *
 * @param decision {@code permit}, {@code ask} with the rules that ask, or {@code deny} with code,
 *     rule and text
 * @param trace what every rule said that ran
 */
record Said(String decision, List<String> trace) {
  Said {
    trace = List.copyOf(trace);
  }
}
