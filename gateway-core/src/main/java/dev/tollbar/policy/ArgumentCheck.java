package dev.tollbar.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Judges the arguments of a call by what its tool takes. Safe for use by many threads. */
@FunctionalInterface
public interface ArgumentCheck {

  /** What is found. */
  sealed interface Finding {
    /** Nothing against them. */
    record Fits() implements Finding {}

    /**
     * The tool does not take them.
     *
     * @param faults which argument must be what, for the agent: no values
     */
    record Differs(String faults) implements Finding {}

    /**
     * They cannot be judged.
     *
     * @param seen whether the tool was seen in the server's own list
     * @param why for operators
     */
    record Unchecked(boolean seen, String why) implements Finding {}
  }

  Finding FITS = new Finding.Fits();

  /** Where the tool was not seen. */
  ArgumentCheck NOT_SEEN =
      _ -> new Finding.Unchecked(false, "the tool was not seen in the server's own list");

  /** Where nobody wants to know. */
  ArgumentCheck NONE = _ -> FITS;

  Finding check(ObjectNode arguments);
}
