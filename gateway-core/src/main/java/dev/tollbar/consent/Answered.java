package dev.tollbar.consent;

import dev.tollbar.policy.Denial;
import java.util.List;
import java.util.Optional;

/** What came of asking. Only {@link Approved} lets a call go on. */
public sealed interface Answered {

  /**
   * Everybody asked has approved, and the approvals are used now.
   *
   * @param ids the approvals used, in the order of the questions
   */
  record Approved(List<String> ids) implements Answered {
    public Approved {
      ids = List.copyOf(ids);
    }
  }

  /**
   * The call must not happen: denied by a person, too late, or nobody has answered yet.
   *
   * @param id the approval that it hangs on; empty if nobody was asked, as too many questions are
   *     open
   * @param denial with code {@code approval_denied}, {@code approval_expired} or {@code
   *     approval_pending}
   */
  record Refused(Optional<String> id, Denial denial) implements Answered {}
}
