package dev.tollbar.consent;

import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;

/**
 * What came of somebody's word on an approval. Only {@link Decided} and {@link WaitsForOthers} have
 * changed anything.
 */
public sealed interface Ruling {

  /** It is approved or denied by this answer. */
  record Decided(Approval approval, Approval.Status status) implements Ruling {}

  /** This person has approved, and so must others. */
  record WaitsForOthers(Approval approval) implements Ruling {}

  /** Others were faster: it is approved or denied. */
  record AlreadyDecided(Approval approval, Approval.Status status) implements Ruling {}

  /** Too late: nobody decided in time. */
  record Expired(Approval approval) implements Ruling {}

  /** Too late: the call was made. */
  record Used(Approval approval) implements Ruling {}

  /** Too late: the client has given the call up. */
  record Withdrawn(Approval approval) implements Ruling {}

  /** Who approves twice is one person. */
  record SamePerson(Approval approval, String by) implements Ruling {}

  /** A link is good for one answer. */
  record LinkUsed(Approval approval) implements Ruling {}

  /** There is none of that id, or there has been one long ago. */
  record Unknown(String id) implements Ruling {}

  /** Whether the answer was taken. */
  default boolean taken() {
    return this instanceof Decided || this instanceof WaitsForOthers;
  }

  /** One sentence for whoever decides. */
  default String text() {
    return switch (this) {
      case Decided it -> "Approval " + it.approval.id() + " is " + it.status.wire() + ".";
      case WaitsForOthers it ->
          "Approval "
              + it.approval.id()
              + " needs "
              + it.approval.missing()
              + (it.approval.missing() == 1 ? " more person." : " more people.");
      case AlreadyDecided it ->
          "Approval " + it.approval.id() + " is " + it.status.wire() + " already.";
      case Expired it -> "Approval " + it.approval.id() + " has expired.";
      case Used it -> "Approval " + it.approval.id() + " is used already.";
      case Withdrawn it ->
          "Approval " + it.approval.id() + " was withdrawn: the client has given the call up.";
      case SamePerson it ->
          "Approval " + it.approval.id() + " has an answer of " + it.by + " already.";
      case LinkUsed it -> "This link to approval " + it.approval.id() + " was used already.";
      case Unknown it -> "There is no approval \"" + Texts.cut(it.id, 80) + "\".";
    };
  }

  /** What the store said, in these words. */
  static Ruling of(String id, Approval.Answer answer, Approvals.Judged judged) {
    if (judged.approval().isEmpty()) {
      return new Unknown(id);
    }
    Approval approval = judged.approval().get();
    return switch (judged.decided()) {
      case RECORDED -> {
        Approval.Status status = approval.status(answer.at());
        yield status == Approval.Status.PENDING
            ? new WaitsForOthers(approval)
            : new Decided(approval, status);
      }
      case ALREADY_DENIED -> new AlreadyDecided(approval, Approval.Status.DENIED);
      case ALREADY_APPROVED -> new AlreadyDecided(approval, Approval.Status.APPROVED);
      case ALREADY_USED -> new Used(approval);
      case EXPIRED -> new Expired(approval);
      case WITHDRAWN -> new Withdrawn(approval);
      case SAME_PERSON -> new SamePerson(approval, answer.by());
      case LINK_USED -> new LinkUsed(approval);
      case UNKNOWN -> new Unknown(id);
    };
  }
}
