package dev.tollbar.policy;

import com.fasterxml.jackson.databind.JsonNode;

/** An operator with its value, compiled. Pure, and safe for use by many threads. */
interface Comparison {

  /** What it says to a value that is there. */
  Answer test(JsonNode value);

  /** What it says where there is no value. */
  default Answer missing() {
    return Answer.NO;
  }

  /** What it says where the path leads through a value that is neither object nor list. */
  default Answer blocked(JsonNode value, String container) {
    return wrong(container, value);
  }

  static Answer wrong(String expected, JsonNode value) {
    return new Answer.Wrong("must be " + expected + ", but is " + Wording.type(value));
  }
}
