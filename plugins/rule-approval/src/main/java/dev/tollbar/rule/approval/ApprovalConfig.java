package dev.tollbar.rule.approval;

import dev.tollbar.api.Condition;
import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.InvalidConfigException.Problem;
import dev.tollbar.api.Question;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The config of {@code approval}. */
@Doc("Asks people before a call goes on.")
public record ApprovalConfig(
    @Doc("Conditions under which people are asked; left out: always")
        Optional<List<Condition>> when,
    @Doc("The name of the webhook that is told; left out: the CLI and the admin page decide")
        Optional<String> webhook,
    @Doc("How long an answer is waited for, from 1s to 30d; then the call is denied")
        @Default("\"15m\"")
        Span within,
    @Doc("How long the call itself is kept open, up to 10m; then the agent is told to come back")
        @Default("\"30s\"")
        Span hold,
    @Doc("How many different people must approve") @Default("1") int approvers,
    @Doc(
            "What an approval is good for: once, for one call, or for exactly the same call as often as it is made within a duration from the approval")
        @Default("\"once\"")
        Reuse reuse,
    @Doc("Who is asked: people, or with elicitation also whoever sits at the client, if it can ask")
        @Default("\"people\"")
        Question.Via via,
    @Doc("Why people are asked, for those people") Optional<String> reason) {

  public ApprovalConfig {
    when = when.map(List::copyOf);
    List<Problem> problems = new ArrayList<>();
    if (!within.within(Duration.ofSeconds(1), Duration.ofDays(30))) {
      problems.add(new Problem("within", "a duration from 1s to 30d", Quoted.text(within.text())));
    }
    if (!hold.within(Duration.ZERO, Duration.ofMinutes(10))) {
      problems.add(new Problem("hold", "a duration from 0s to 10m", Quoted.text(hold.text())));
    }
    if (approvers < 1) {
      problems.add(
          new Problem("approvers", "a whole number, 1 or more", String.valueOf(approvers)));
    }
    if (via == Question.Via.ELICITATION && hold.length().isZero()) {
      problems.add(
          new Problem("hold", "more than 0s beside via: elicitation", Quoted.text(hold.text())));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }
}
