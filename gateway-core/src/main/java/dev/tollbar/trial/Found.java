package dev.tollbar.trial;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.DenialCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of a call or a list of a test.
 *
 * @param rules the names of the deciding rule: what the agent is told, and where it stands
 * @param text what the agent reads
 * @param shadow the shadow rules that denied or asked
 * @param tools what is listed
 * @param judged what every rule saw; empty if no policy was asked
 */
record Found(
    Expect.Word decision,
    Optional<String> code,
    List<String> rules,
    String text,
    Optional<Duration> retryAfter,
    Optional<String> remaining,
    List<String> shadow,
    Optional<List<String>> tools,
    Optional<Judged> judged) {

  static Found refused(Access.Refused refused) {
    return new Found(
        Expect.Word.REFUSED,
        Optional.empty(),
        List.of(),
        refused.reason(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  static Found listed(List<String> tools) {
    return new Found(
        Expect.Word.PERMIT,
        Optional.empty(),
        List.of(),
        "",
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.of(tools),
        Optional.empty());
  }

  static Found denied(Denial denial, List<String> shadow, Judged judged) {
    List<String> rules = new ArrayList<>(List.of(denial.rule()));
    judged.rules().stream()
        .map(Judged.Seen::rule)
        .filter(rule -> rule.name().equals(denial.rule()))
        .findFirst()
        .ifPresent(rule -> rules.add(rule.pointer()));
    return new Found(
        denial.code() == DenialCode.APPROVAL_PENDING ? Expect.Word.PENDING : Expect.Word.DENY,
        Optional.of(denial.code().wire()),
        rules,
        "[POLICY DENIED] " + denial.reason(),
        denial.retryAfter(),
        denial.remaining(),
        shadow,
        Optional.empty(),
        Optional.of(judged));
  }

  static Found permitted(Reply reply, List<String> shadow, Judged judged) {
    return new Found(
        Expect.Word.PERMIT,
        Optional.empty(),
        List.of(),
        text(reply),
        Optional.empty(),
        Optional.empty(),
        shadow,
        Optional.empty(),
        Optional.of(judged));
  }

  private static String text(Reply reply) {
    return reply
        .error()
        .map(Reply.Fault::message)
        .or(() ->
            reply
                .resultGiven()
                .map(result ->
                    String.join(
                        "\n",
                        result
                            .path("content")
                            .valueStream()
                            .map(part -> part.path("text"))
                            .filter(JsonNode::isTextual)
                            .map(JsonNode::textValue)
                            .toList())))
        .orElse("");
  }
}
