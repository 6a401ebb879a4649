package dev.tollbar.consent;

import dev.tollbar.consent.DecisionLinks.Checked;
import dev.tollbar.consent.DecisionLinks.Purpose;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Answers people who come by a link. Looking decides nothing, so that programs that look at links
 * cannot either. A link that is not good changes nothing. Safe for use by many threads.
 */
public final class LinkDesk {

  /** What somebody is shown. */
  public sealed interface Shown {

    /** The question, to be answered. */
    record Asked(Approval approval, Purpose purpose, Optional<Approval> last, Instant now)
        implements Shown {}

    /** The answer was taken. */
    record Taken(Ruling ruling) implements Shown {}

    /**
     * The link is not good, or not any more.
     *
     * @param reason one word for records: {@code link_forged}
     * @param text for whoever has the link
     */
    record Refused(int status, String reason, String text) implements Shown {}
  }

  private final Approvals approvals;
  private final Answers answers;
  private final DecisionLinks links;
  private final InstantSource clock;

  public LinkDesk(Approvals approvals, Answers answers, DecisionLinks links, InstantSource clock) {
    this.approvals = approvals;
    this.answers = answers;
    this.links = links;
    this.clock = clock;
  }

  /**
   * Shows the question behind a link.
   *
   * @param purpose what the link is for, as its path has it
   * @throws dev.tollbar.api.StoreUnavailableException when the store cannot be reached
   */
  public Shown look(String id, String purpose, String token) {
    return switch (check(id, purpose, token)) {
      case Good good ->
          new Shown.Asked(
              good.approval,
              good.link.purpose(),
              approvals.lastUsed(good.approval),
              clock.instant());
      case Bad bad -> bad.refused;
    };
  }

  /**
   * Decides by a link.
   *
   * @param choice what was chosen on the page, where the link leaves that open
   * @param by who says to decide; empty: nobody says
   * @throws dev.tollbar.api.StoreUnavailableException when the answer could not be stored
   */
  public Shown decide(
      String id,
      String purpose,
      String token,
      Optional<Boolean> choice,
      String by,
      String comment) {
    return switch (check(id, purpose, token)) {
      case Good good -> {
        Optional<Boolean> approve =
            switch (good.link.purpose()) {
              case APPROVE -> Optional.of(true);
              case DENY -> Optional.of(false);
              case DECIDE, ANSWER -> choice;
            };
        if (approve.isEmpty()) {
          yield new Shown.Refused(
              400, "link_no_choice", "Expected approve or deny; found neither.");
        }
        String name = by.isBlank() ? "link " + good.link.number() : by;
        Ruling ruling =
            answers.decide(id, approve.get(), name, comment, Optional.of(good.link.name()));
        yield ruling.taken() ? new Shown.Taken(ruling) : refused(ruling);
      }
      case Bad bad -> bad.refused;
    };
  }

  private sealed interface Standing {}

  private record Good(Approval approval, Checked.Genuine link) implements Standing {}

  private record Bad(Shown.Refused refused) implements Standing {}

  private Standing check(String id, String purpose, String token) {
    Optional<Purpose> known = Purpose.of(purpose).filter(it -> it != Purpose.ANSWER);
    if (known.isEmpty()) {
      return forged();
    }
    return switch (links.check(id, known.get(), token)) {
      case Checked.Forged _ -> forged();
      case Checked.Foreign _ ->
          bad(403, "link_foreign", "Another gateway has made this link, or its key is gone.");
      case Checked.Genuine link -> standing(id, link);
    };
  }

  private Standing standing(String id, Checked.Genuine link) {
    Optional<Approval> found = approvals.find(id);
    if (found.isEmpty()) {
      return bad(410, "link_expired", "This question was over long ago.");
    }
    Approval approval = found.get();
    if (approval.isSpent(link.name(), link.purpose() == Purpose.APPROVE)) {
      return new Bad(refused(new Ruling.LinkUsed(approval)));
    }
    Instant now = clock.instant();
    // An approval that is good for several calls is so for longer than its links.
    boolean mayStillDeny = link.purpose() != Purpose.APPROVE && now.isBefore(link.until());
    return switch (approval.status(now)) {
      case PENDING -> new Good(approval, link);
      // One that is good for several calls is so for longer than its links.
      case APPROVED ->
          mayStillDeny
              ? new Good(approval, link)
              : new Bad(refused(new Ruling.AlreadyDecided(approval, Approval.Status.APPROVED)));
      case DENIED -> new Bad(refused(new Ruling.AlreadyDecided(approval, Approval.Status.DENIED)));
      case EXPIRED -> new Bad(refused(new Ruling.Expired(approval)));
      case USED -> new Bad(refused(new Ruling.Used(approval)));
      case WITHDRAWN -> new Bad(refused(new Ruling.Withdrawn(approval)));
    };
  }

  private static Standing forged() {
    return bad(403, "link_forged", "This is no link of this gateway: it was changed or cut.");
  }

  private static Standing bad(int status, String reason, String text) {
    return new Bad(new Shown.Refused(status, reason, text));
  }

  private static Shown.Refused refused(Ruling ruling) {
    return switch (ruling) {
      case Ruling.AlreadyDecided _ -> new Shown.Refused(409, "already_decided", ruling.text());
      case Ruling.SamePerson _ -> new Shown.Refused(409, "same_person", ruling.text());
      case Ruling.Expired _ -> new Shown.Refused(410, "approval_expired", ruling.text());
      case Ruling.Used _ -> new Shown.Refused(410, "approval_used", ruling.text());
      case Ruling.Withdrawn _ -> new Shown.Refused(410, "approval_withdrawn", ruling.text());
      case Ruling.LinkUsed _ -> new Shown.Refused(410, "link_used", ruling.text());
      case Ruling.Unknown _ -> new Shown.Refused(410, "link_expired", ruling.text());
      case Ruling.Decided _, Ruling.WaitsForOthers _ ->
          throw new IllegalArgumentException("taken: " + ruling);
    };
  }
}
