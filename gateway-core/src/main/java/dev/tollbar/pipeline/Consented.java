package dev.tollbar.pipeline;

import dev.tollbar.consent.Answered;
import java.util.Optional;

/**
 * A call that every person asked has approved.
 *
 * @param approved the approvals that it used up, if people were asked
 */
record Consented(Decided decided, Optional<Answered.Approved> approved) {}
