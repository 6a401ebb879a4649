package dev.tollbar.audit;

import java.util.Arrays;

/** How long a call was in each stage that it reached, in microseconds. Immutable. */
public final class StageTimes {
  private static final long NEVER = -1;

  private final long[] micros;

  private StageTimes(long[] micros) {
    this.micros = micros;
  }

  @SuppressWarnings("EnumOrdinal") // for an array in memory, of this very enum
  private static int index(Stage stage) {
    return stage.ordinal();
  }

  public boolean reached(Stage stage) {
    return micros[index(stage)] != NEVER;
  }

  /** How long it was in a stage that it reached. */
  public long micros(Stage stage) {
    return micros[index(stage)];
  }

  boolean isEmpty() {
    for (long each : micros) {
      if (each != NEVER) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof StageTimes it && Arrays.equals(micros, it.micros);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(micros);
  }

  @Override
  public String toString() {
    return Arrays.toString(micros);
  }

  /** Adds times up. For one thread. */
  static final class Sums {
    private final long[] micros = new long[Stage.ALL.size()];

    Sums() {
      Arrays.fill(micros, NEVER);
    }

    /** A stage may be entered again. */
    void add(Stage stage, long more) {
      micros[index(stage)] = Math.max(0, micros[index(stage)]) + more;
    }

    StageTimes times() {
      return new StageTimes(micros.clone());
    }
  }
}
