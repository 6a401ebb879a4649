package dev.tollbar.testkit.proof;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.testkit.proof.NaivePolicy.Verdict;
import java.util.List;

/** Scripts, each with what it means. */
final class NaiveScripts {
  private static final String IS_A = "export default (call) => call.args.a === 'a';";
  private static final String FILES =
      "export default (call) => call.server === 'files' ? 'Not here.' : true;";
  private static final String MONEY =
      "export default (call) => call.labels.team !== 'finance' || ask({ reason: 'Money.' });";
  private static final String PAY =
      "export default (call) => call.tool === 'pay' ? deny('Not ' + call.tool) : allow();";
  private static final String TYPE =
      "export default (call) => ({ string: 'A text.', boolean: true })[typeof call.args.b];";

  static final List<String> SOURCES = List.of(IS_A, FILES, MONEY, PAY, TYPE);

  private NaiveScripts() {}

  static Verdict say(String source, Situation call) {
    return switch (source) {
      case IS_A ->
          is(
              call.arguments().path("a").asText("").equals("a")
                  && call.arguments().path("a").isTextual());
      case FILES -> call.server().equals("files") ? Verdict.deny("Not here.") : Verdict.PERMIT;
      case MONEY ->
          "finance".equals(call.labels().get("team"))
              ? new Verdict("ask", "", "Money.", false)
              : Verdict.PERMIT;
      case PAY -> call.name().equals("pay") ? Verdict.deny("Not pay") : Verdict.PERMIT;
      case TYPE -> type(call.arguments().path("b"));
      default -> throw new IllegalArgumentException(source);
    };
  }

  private static Verdict is(boolean permitted) {
    return permitted ? Verdict.PERMIT : Verdict.deny("The script of this rule denies the call.");
  }

  private static Verdict type(JsonNode value) {
    if (value.isBoolean()) {
      return Verdict.PERMIT;
    }
    return value.isTextual()
        ? Verdict.deny("A text.")
        : new Verdict(
            "deny", "rule_error", "The script of this rule returned nothing usable.", true);
  }
}
