package dev.tollbar.consent;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision.Asked;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.TooManyQuestionsException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stage that asks people. A question is stored before anybody is asked; the call is then kept
 * open for a while, and told to come back if nobody has answered. The same call finds the same
 * question. Safe for use by many threads; blocks.
 *
 * <p>Every method throws {@link dev.tollbar.api.StoreUnavailableException} when the store cannot be
 * reached; the call is then denied.
 */
public final class Consent {
  private static final Logger LOG = LoggerFactory.getLogger(Consent.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration COME_BACK = Duration.ofSeconds(15);
  private static final int MAX_ROUNDS = 3;
  private static final int ID_BYTES = 16;
  private static final int MAX_COMMENT = 500;

  private final Approvals approvals;
  private final Answers answers;
  private final Runnable told;
  private final InstantSource clock;
  private final SecureRandom random;
  private volatile boolean resting;

  public Consent(
      Approvals approvals,
      Answers answers,
      WebhookSender sender,
      InstantSource clock,
      SecureRandom random) {
    this(approvals, answers, sender::look, clock, random);
  }

  private Consent(
      Approvals approvals,
      Answers answers,
      Runnable told,
      InstantSource clock,
      SecureRandom random) {
    this.approvals = approvals;
    this.answers = answers;
    this.told = told;
    this.clock = clock;
    this.random = random;
  }

  /** Tells no receiver: where calls are only tried. */
  public static Consent withoutWebhooks(
      Approvals approvals, InstantSource clock, SecureRandom random) {
    return new Consent(approvals, new Answers(approvals, clock), () -> {}, clock, random);
  }

  /**
   * Asks every question of a call, in order, and uses the approvals once all of them are there: a
   * call that is refused for one question has used up none.
   *
   * @throws InterruptedException when the call was given up. If its client did so, the question
   *     that it waited for is withdrawn; else it stays open
   */
  public Answered ask(List<Asked> questions, CallBinding binding, Waiting waiting)
      throws InterruptedException {
    for (int round = 1; ; round++) {
      List<Approval> approved = new ArrayList<>();
      for (Asked asked : questions) {
        Approval approval;
        try {
          approval = await(asked, binding, waiting);
        } catch (TooManyQuestionsException e) {
          return new Answered.Refused(Optional.empty(), tooMany(asked, e.most()));
        }
        Optional<Denial> denial = denial(asked, approval);
        if (denial.isPresent()) {
          return new Answered.Refused(Optional.of(approval.id()), denial.get());
        }
        approved.add(approval);
      }
      List<String> ids = approved.stream().map(Approval::id).toList();
      if (approvals.useAll(ids, clock.instant())) {
        return new Answered.Approved(ids);
      }
      // The same call, made twice at once, has used one of them: this one needs its own.
      if (round == MAX_ROUNDS) {
        return new Answered.Refused(
            Optional.of(approved.getLast().id()),
            usedElsewhere(questions.getLast(), approved.getLast()));
      }
    }
  }

  /** Somebody decides, now: see {@link Answers#decide}. */
  public Ruling decide(String id, boolean approve, String by, String comment) {
    return answers.decide(id, approve, by, comment);
  }

  /** Makes used approvals usable again. Only for a call that provably did not reach its server. */
  public void giveBack(Answered.Approved approved) {
    approved.ids().forEach(approvals::giveBack);
  }

  /**
   * The gateway is about to stop: no call is kept open any more, and no question is withdrawn
   * because connections end.
   */
  public void rest() {
    resting = true;
    answers.wakeAll();
  }

  /**
   * The approval after somebody has answered, its time is over, or the call was held long enough.
   */
  private Approval await(Asked asked, CallBinding binding, Waiting waiting)
      throws InterruptedException {
    Approvals.Opened opened = approvals.open(question(asked, binding), clock.instant());
    String id = opened.approval().id();
    if (opened.isNew()) {
      told.run();
    }
    if (opened.approval().status(clock.instant()) != Approval.Status.PENDING) {
      return opened.approval();
    }
    try (Answers.Waiter waiter = answers.listen(id)) {
      return hold(asked, opened.approval(), waiting, waiter);
    } catch (InterruptedException e) {
      if (waiting.cancelled() && !resting) {
        withdraw(id);
      }
      throw e;
    }
  }

  private Approval hold(Asked asked, Approval opened, Waiting waiting, Answers.Waiter waiter)
      throws InterruptedException {
    Duration hold = asked.question().hold();
    long start = System.nanoTime();
    while (true) {
      Approval approval = approvals.find(opened.id()).orElse(opened);
      if (approval.status(clock.instant()) != Approval.Status.PENDING) {
        return approval;
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      boolean on = waiting.goesOn(new Waiting.Held(asked.question(), approval, waited, hold));
      if (!on || resting || waited.compareTo(hold) >= 0) {
        return approvals.find(opened.id()).orElse(opened);
      }
      waiter.await(shorter(POLL, hold.minus(waited)));
    }
  }

  /** Unless another call waits for the same. What somebody has answered before stays. */
  private void withdraw(String id) {
    try {
      if (answers.waitingFor(id) == 0 && approvals.withdraw(id, clock.instant())) {
        told.run();
      }
    } catch (StoreUnavailableException e) {
      LOG.warn("approval {} could not be withdrawn: {}", id, e.getMessage());
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  private Approval question(Asked asked, CallBinding binding) {
    byte[] id = new byte[ID_BYTES];
    random.nextBytes(id);
    Instant now = clock.instant();
    ConfiguredRule rule = asked.rule();
    return new Approval(
        "ap_" + Base64.getUrlEncoder().withoutPadding().encodeToString(id),
        binding.digest(rule.name()),
        binding.grant(),
        binding.server(),
        binding.tool(),
        binding.canonicalArguments(),
        rule.name(),
        asked.question().reason(),
        asked.question().webhook(),
        binding.revision(),
        asked.question().approvers(),
        now,
        now.plus(asked.question().within()),
        List.of(),
        Optional.empty(),
        asked.question().reuse(),
        Optional.empty());
  }

  /** Empty if the approval can be used, or the same call made twice at once has ended it. */
  private Optional<Denial> denial(Asked asked, Approval approval) {
    Instant now = clock.instant();
    return switch (approval.status(now)) {
      case APPROVED, USED, WITHDRAWN -> Optional.empty();
      case DENIED -> Optional.of(denied(asked, approval));
      case EXPIRED ->
          Optional.of(
              Denial.of(
                  DenialCode.APPROVAL_EXPIRED,
                  asked.rule().name(),
                  "Nobody answered in time: approval " + approval.id() + " has expired."));
      case PENDING -> Optional.of(pending(asked, approval, now));
    };
  }

  private static Denial denied(Asked asked, Approval approval) {
    String comment =
        approval.answers().stream()
            .filter(answer -> !answer.approve())
            .map(answer -> answer.comment().strip())
            .findFirst()
            .orElse("");
    String reason =
        comment.isEmpty()
            ? asked.rule().onDeny().orElse("A person has denied this call.")
            : "A person has denied this call: " + Texts.cut(comment, MAX_COMMENT);
    return Denial.of(DenialCode.APPROVAL_DENIED, asked.rule().name(), reason);
  }

  private static Denial pending(Asked asked, Approval approval, Instant now) {
    Duration left = Duration.between(now, approval.expires());
    Duration retryAfter = shorter(COME_BACK, left);
    String reason =
        "Approval pending: "
            + approval.id()
            + ". A person has been asked; repeat the same call later, in "
            + Texts.inWords(retryAfter)
            + " or more. The question stays open for another "
            + Texts.inWords(left)
            + ".";
    return new Denial(
        DenialCode.APPROVAL_PENDING,
        asked.rule().name(),
        reason,
        Optional.of(retryAfter),
        Optional.empty());
  }

  private static Denial tooMany(Asked asked, int most) {
    return new Denial(
        DenialCode.APPROVAL_PENDING,
        asked.rule().name(),
        most
            + " questions of this grant wait for people, and nobody is asked more; repeat the call"
            + " when some of them are answered or over.",
        Optional.of(COME_BACK),
        Optional.empty());
  }

  private static Denial usedElsewhere(Asked asked, Approval approval) {
    return new Denial(
        DenialCode.APPROVAL_PENDING,
        asked.rule().name(),
        "Approval "
            + approval.id()
            + " was used by the same call made at the same time; repeat the call to ask again.",
        Optional.of(COME_BACK),
        Optional.empty());
  }
}
