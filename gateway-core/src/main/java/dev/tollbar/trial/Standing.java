package dev.tollbar.trial;

import dev.tollbar.audit.DecisionReader;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where a call stands under a document, before any person has answered.
 *
 * @param rule what denies or asks
 */
record Standing(Word word, Optional<String> rule, Optional<String> reason) {

  /** What becomes of a call. */
  enum Word {
    PERMIT,
    ASK,
    DENY,
    /** Turned away before any policy. */
    REFUSED;

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  private static final List<String> ASKED =
      List.of(
          DenialCode.APPROVAL_PENDING.wire(),
          DenialCode.APPROVAL_DENIED.wire(),
          DenialCode.APPROVAL_EXPIRED.wire());
  private static final List<String> CODES =
      Arrays.stream(DenialCode.values()).map(DenialCode::wire).toList();

  /** As a record has it; empty if no policy has decided the call. */
  static Optional<Standing> of(DecisionReader.Entry record) {
    if (record.text("decision").filter("permit"::equals).isPresent()) {
      boolean asked = !record.json().path("approvals").isEmpty();
      return Optional.of(
          new Standing(asked ? Word.ASK : Word.PERMIT, Optional.empty(), Optional.empty()));
    }
    return record
        .text("code")
        .filter(CODES::contains)
        .map(code ->
            new Standing(
                ASKED.contains(code) ? Word.ASK : Word.DENY,
                record.text("rule"),
                record.text("reason")));
  }

  static Standing permit() {
    return new Standing(Word.PERMIT, Optional.empty(), Optional.empty());
  }

  static Standing ask(String rule) {
    return new Standing(Word.ASK, Optional.of(rule), Optional.empty());
  }

  static Standing deny(Denial denial) {
    return new Standing(Word.DENY, Optional.of(denial.rule()), Optional.of(denial.reason()));
  }

  /** Denied, whatever else is not known. */
  static Standing denyAnyway() {
    return new Standing(Word.DENY, Optional.empty(), Optional.empty());
  }

  static Standing refused(Access.Refused refused) {
    return new Standing(Word.REFUSED, Optional.empty(), Optional.of(refused.reason()));
  }
}
