package dev.tollbar.api;

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
   * Keeps what was taken or gives it back to the window that it came from, by what became of the
   * call. Must not block for long and must not throw; called once, on any thread.
   */
  void settle(Outcome outcome);
}
