package dev.tollbar.consent;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approval.Status;
import dev.tollbar.state.Approvals;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Approvals in memory, as the contract says. */
final class MemoryApprovals implements Approvals {
  private final Map<String, Approval> stored = new LinkedHashMap<>();
  private boolean down;

  synchronized void down(boolean isDown) {
    down = isDown;
  }

  private void reach() {
    if (down) {
      throw new StoreUnavailableException("down", new IllegalStateException());
    }
  }

  @Override
  public synchronized Opened open(Approval question, Instant now) {
    reach();
    for (Approval approval : stored.values()) {
      boolean same =
          approval.binding().equals(question.binding()) && approval.rule().equals(question.rule());
      if (same && approval.used().isEmpty() && now.isBefore(approval.expires())) {
        return new Opened(approval, false);
      }
    }
    stored.put(question.id(), question);
    return new Opened(question, true);
  }

  @Override
  public synchronized Optional<Approval> find(String id) {
    reach();
    return Optional.ofNullable(stored.get(id));
  }

  @Override
  public synchronized List<Approval> list(Instant now) {
    reach();
    return List.copyOf(stored.values()).reversed();
  }

  @Override
  public synchronized Decided decide(String id, Approval.Answer answer) {
    reach();
    Approval approval = stored.get(id);
    if (approval == null) {
      return Decided.UNKNOWN;
    }
    return switch (approval.status(answer.at())) {
      case DENIED -> Decided.ALREADY_DENIED;
      case APPROVED -> Decided.ALREADY_APPROVED;
      case USED -> Decided.ALREADY_USED;
      case EXPIRED -> Decided.EXPIRED;
      case PENDING -> add(approval, answer);
    };
  }

  private Decided add(Approval approval, Approval.Answer answer) {
    if (approval.answers().stream().anyMatch(given -> given.by().equals(answer.by()))) {
      return Decided.SAME_PERSON;
    }
    List<Approval.Answer> answers = new ArrayList<>(approval.answers());
    answers.add(answer);
    stored.put(approval.id(), with(approval, answers, approval.used()));
    return Decided.RECORDED;
  }

  @Override
  public synchronized boolean use(String id, Instant now) {
    reach();
    Approval approval = stored.get(id);
    if (approval == null || approval.status(now) != Status.APPROVED) {
      return false;
    }
    stored.put(id, with(approval, approval.answers(), Optional.of(now)));
    return true;
  }

  @Override
  public synchronized void giveBack(String id) {
    reach();
    stored.computeIfPresent(
        id, (_, approval) -> with(approval, approval.answers(), Optional.empty()));
  }

  private static Approval with(Approval a, List<Approval.Answer> answers, Optional<Instant> used) {
    return new Approval(
        a.id(),
        a.binding(),
        a.grant(),
        a.server(),
        a.tool(),
        a.arguments(),
        a.rule(),
        a.reason(),
        a.webhook(),
        a.revision(),
        a.approvers(),
        a.created(),
        a.expires(),
        List.copyOf(answers),
        used);
  }
}
