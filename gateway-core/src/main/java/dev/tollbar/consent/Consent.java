package dev.tollbar.consent;

import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Decision.Asked;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The stage that asks people. A question is stored before anybody is asked; the call is then kept
 * open for a while, and told to come back if nobody has answered. The same call finds the same
 * question. Safe for use by many threads; blocks.
 *
 * <p>Every method throws {@link dev.tollbar.api.StoreUnavailableException} when the store cannot be
 * reached; the call is then denied.
 */
public final class Consent {
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration COME_BACK = Duration.ofSeconds(15);
  private static final int MAX_ROUNDS = 3;
  private static final int ID_BYTES = 16;
  private static final int MAX_COMMENT = 500;

  private final Approvals approvals;
  private final Answers answers;
  private final BiConsumer<WebhookTarget, Approval> sender;
  private final InstantSource clock;
  private final SecureRandom random;

  public Consent(
      Approvals approvals,
      Answers answers,
      WebhookSender sender,
      InstantSource clock,
      SecureRandom random) {
    this(approvals, answers, sender::deliver, clock, random);
  }

  private Consent(
      Approvals approvals,
      Answers answers,
      BiConsumer<WebhookTarget, Approval> sender,
      InstantSource clock,
      SecureRandom random) {
    this.approvals = approvals;
    this.answers = answers;
    this.sender = sender;
    this.clock = clock;
    this.random = random;
  }

  /** Tells no receiver: where calls are only tried. */
  public static Consent withoutWebhooks(
      Approvals approvals, InstantSource clock, SecureRandom random) {
    return new Consent(approvals, new Answers(approvals), (_, _) -> {}, clock, random);
  }

  /**
   * Asks every question of a call, in order, and uses the approvals once all of them are there: a
   * call that is refused for one question has used up none.
   *
   * @param webhooks the document's webhooks by name
   * @throws InterruptedException when the call was cancelled; questions stay open
   */
  public Answered ask(
      List<Asked> questions,
      CallBinding binding,
      Map<String, WebhookTarget> webhooks,
      Waiting waiting)
      throws InterruptedException {
    for (int round = 1; ; round++) {
      List<Approval> approved = new ArrayList<>();
      for (Asked asked : questions) {
        Approval approval = await(asked, binding, webhooks, waiting);
        Optional<Denial> denial = denial(asked, approval);
        if (denial.isPresent()) {
          return new Answered.Refused(approval.id(), denial.get());
        }
        approved.add(approval);
      }
      if (useAll(approved)) {
        return new Answered.Approved(approved.stream().map(Approval::id).toList());
      }
      // The same call, made twice at once, has used one of them: this one needs its own.
      if (round == MAX_ROUNDS) {
        return new Answered.Refused(
            approved.getLast().id(), usedElsewhere(questions.getLast(), approved.getLast()));
      }
    }
  }

  /** Makes used approvals usable again. Only for a call that provably did not reach its server. */
  public void giveBack(Answered.Approved approved) {
    approved.ids().forEach(approvals::giveBack);
  }

  /**
   * Takes up the deliveries that an earlier process did not finish. Receivers know a repeated
   * question by its {@code webhook-id}.
   */
  public void resume(Map<String, WebhookTarget> webhooks) {
    Instant now = clock.instant();
    for (Approval approval : approvals.list(now)) {
      if (approval.status(now) == Approval.Status.PENDING) {
        deliver(approval, webhooks);
      }
    }
  }

  private void deliver(Approval approval, Map<String, WebhookTarget> webhooks) {
    approval
        .webhook()
        .flatMap(name -> Optional.ofNullable(webhooks.get(name)))
        .ifPresent(target -> sender.accept(target, approval));
  }

  /**
   * The approval after somebody has answered, its time is over, or the call was held long enough.
   */
  private Approval await(
      Asked asked, CallBinding binding, Map<String, WebhookTarget> webhooks, Waiting waiting)
      throws InterruptedException {
    Approvals.Opened opened = approvals.open(question(asked, binding), clock.instant());
    Approval approval = opened.approval();
    try (Answers.Waiter waiter = answers.listen(approval.id())) {
      if (opened.isNew()) {
        deliver(approval, webhooks);
      }
      Duration hold = asked.question().hold();
      long start = System.nanoTime();
      Duration nextSign = Duration.ZERO;
      while (true) {
        approval = approvals.find(approval.id()).orElse(approval);
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        boolean pending = approval.status(clock.instant()) == Approval.Status.PENDING;
        if (!pending || waited.compareTo(hold) >= 0) {
          return approval;
        }
        if (waited.compareTo(nextSign) >= 0) {
          waiting.goesOn(approval.id(), waited, hold);
          nextSign = waited.plus(Waiting.INTERVAL);
        }
        waiter.await(shorter(POLL, hold.minus(waited)));
      }
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
        Optional.empty());
  }

  /** All or none; false if one is not usable any more. */
  private boolean useAll(List<Approval> approved) {
    List<String> used = new ArrayList<>();
    boolean complete = false;
    try {
      for (Approval approval : approved) {
        if (!approvals.use(approval.id(), clock.instant())) {
          return false;
        }
        used.add(approval.id());
      }
      complete = true;
      return true;
    } finally {
      if (!complete) {
        used.forEach(approvals::giveBack);
      }
    }
  }

  /** Empty if the approval can be used, or was by the same call made twice at once. */
  private Optional<Denial> denial(Asked asked, Approval approval) {
    Instant now = clock.instant();
    return switch (approval.status(now)) {
      case APPROVED, USED -> Optional.empty();
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
