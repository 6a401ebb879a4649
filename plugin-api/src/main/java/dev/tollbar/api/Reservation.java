package dev.tollbar.api;

import java.util.List;
import java.util.Optional;

/** What a limit took for one call. The gateway settles each reservation exactly once. */
public interface Reservation {

  /** Of rules that take nothing. */
  Reservation NOTHING = outcome -> {};

  /** A reservation that was refused; the call is denied and nothing is settled. */
  static Reservation refused(Verdict.Deny denial) {
    return new Reservation() {
      @Override
      public Optional<Verdict.Deny> refusal() {
        return Optional.of(denial);
      }

      @Override
      public void settle(Outcome outcome) {}
    };
  }

  /** Why nothing was taken; empty if the reservation holds. */
  default Optional<Verdict.Deny> refusal() {
    return Optional.empty();
  }

  /**
   * What is left of the limits that this reservation took from, as it was when it was made. It goes
   * into the decision record. Empty of rules that take nothing, and of a reservation that was
   * refused: there the {@linkplain Verdict.Deny denial} says what is left. Called at most once, on
   * the thread that reserved, before {@link #settle}; must neither block nor throw. What throws
   * here is logged and left out of the record; the call goes on.
   */
  default List<LimitUsage> usage() {
    return List.of();
  }

  /**
   * Keeps what was taken or gives it back to the window that it came from, by what became of the
   * call. Must not block for long and must not throw; called once, on any thread.
   */
  void settle(Outcome outcome);
}
