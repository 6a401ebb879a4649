package dev.tollbar.state;

import dev.tollbar.state.Approval.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Approvals that are kept nowhere: for trials, which must ask nobody. They are decided as those of
 * a gateway are. Safe for use by many threads.
 */
public final class MemoryApprovals implements Approvals {
  private final Map<String, Approval> byId = new LinkedHashMap<>();

  @Override
  public synchronized Opened open(Approval question, Instant now) {
    for (Approval known : byId.values()) {
      if (known.binding().equals(question.binding())
          && known.rule().equals(question.rule())
          && known.isFor(now)) {
        return new Opened(known, false);
      }
    }
    long open =
        byId.values().stream()
            .filter(known -> known.grant().equals(question.grant()))
            .filter(known -> known.status(now) == Approval.Status.PENDING)
            .count();
    if (open >= MOST_OPEN) {
      throw new TooManyQuestionsException(MOST_OPEN);
    }
    byId.put(question.id(), question);
    return new Opened(question, true);
  }

  @Override
  public synchronized Optional<Approval> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  @Override
  public synchronized List<Approval> list(Instant now) {
    return List.copyOf(byId.values()).reversed();
  }

  @Override
  public synchronized Judged answer(String id, Answer answer) {
    Approval known = byId.get(id);
    if (known == null) {
      return new Judged(Decided.UNKNOWN, Optional.empty());
    }
    Decided decided = ApprovalTable.judge(known, answer);
    if (decided == Decided.RECORDED) {
      List<Answer> answers = new ArrayList<>(known.answers());
      answers.add(answer);
      byId.put(id, with(known, answers, known.used(), known.withdrawn()));
    }
    return new Judged(decided, find(id));
  }

  @Override
  public boolean use(String id, Instant now) {
    return useAll(List.of(id), now);
  }

  @Override
  public synchronized boolean useAll(List<String> ids, Instant now) {
    for (String id : ids) {
      Approval known = byId.get(id);
      if (known == null || known.status(now) != Approval.Status.APPROVED) {
        return false;
      }
    }
    for (String id : ids) {
      byId.computeIfPresent(
          id, (_, known) -> with(known, known.answers(), Optional.of(now), known.withdrawn()));
    }
    return true;
  }

  @Override
  public synchronized void giveBack(String id) {
    byId.computeIfPresent(
        id,
        (_, known) ->
            known.reuse().isZero()
                ? with(known, known.answers(), Optional.empty(), known.withdrawn())
                : known);
  }

  @Override
  public synchronized boolean withdraw(String id, Instant now) {
    Approval known = byId.get(id);
    if (known == null || known.status(now) != Approval.Status.PENDING) {
      return false;
    }
    byId.put(id, with(known, known.answers(), known.used(), Optional.of(now)));
    return true;
  }

  @Override
  public synchronized Optional<Approval> lastUsed(Approval like) {
    return byId.values().stream()
        .filter(known -> !known.id().equals(like.id()) && known.used().isPresent())
        .filter(known -> known.grant().equals(like.grant()) && known.rule().equals(like.rule()))
        .filter(known -> known.server().equals(like.server()) && known.tool().equals(like.tool()))
        .max(Comparator.comparing(known -> known.used().orElseThrow()));
  }

  private static Approval with(
      Approval known, List<Answer> answers, Optional<Instant> used, Optional<Instant> withdrawn) {
    return new Approval(
        known.id(),
        known.binding(),
        known.grant(),
        known.server(),
        known.tool(),
        known.arguments(),
        known.rule(),
        known.reason(),
        known.webhook(),
        known.revision(),
        known.approvers(),
        known.created(),
        known.expires(),
        List.copyOf(answers),
        used,
        known.reuse(),
        withdrawn);
  }
}
