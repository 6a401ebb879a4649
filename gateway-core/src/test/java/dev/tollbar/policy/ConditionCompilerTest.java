package dev.tollbar.policy;

import static dev.tollbar.policy.TestCall.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions.Match;
import dev.tollbar.api.Conditions.Quantifier;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Tool;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policy language, section 5. */
class ConditionCompilerTest {
  private static final ConditionCompiler SECOND = new ConditionCompiler(Dialect.VERSION_2);
  private static final ConditionCompiler FIRST = new ConditionCompiler(Dialect.VERSION_1);

  private static String judge(
      ConditionCompiler compiler, Quantifier over, TestCall call, Condition... conditions) {
    return switch (compiler.compile("conditions", List.of(conditions), over).match(call)) {
      case Match.Holds _ -> "holds";
      case Match.Fails _ -> "fails";
      case Match.WrongType(String reason) -> reason;
    };
  }

  private static String judge(String arguments, Condition... conditions) {
    return judge(SECOND, Quantifier.ALL, TestCall.of("t", arguments), conditions);
  }

  private static Condition is(String path, String op, String value) {
    return Condition.of(path, op, json(value));
  }

  private static Condition any(Condition... conditions) {
    return group(Optional.of(List.of(conditions)), Optional.empty(), Optional.empty());
  }

  private static Condition all(Condition... conditions) {
    return group(Optional.empty(), Optional.of(List.of(conditions)), Optional.empty());
  }

  private static Condition not(Condition condition) {
    return group(Optional.empty(), Optional.empty(), Optional.of(condition));
  }

  private static Condition group(
      Optional<List<Condition>> any, Optional<List<Condition>> all, Optional<Condition> not) {
    return new Condition(Optional.empty(), Optional.empty(), Optional.empty(), any, all, not);
  }

  @Test
  void longHostsAndPathsAreJudgedAsShortOnes() {
    String host = "a.".repeat(100_000) + "a";
    assertThat(judge("{\"v\": \"http://" + host + "\"}", is("args.v", "host_in", "\"b.example\"")))
        .isEqualTo("args.v must be an http or https URL with a plain host.");
    assertThatThrownBy(() -> judge("{}", is("args.v", "host_in", "\"" + host + "\"")))
        .isInstanceOf(InvalidConfigException.class);
    String name = "a".repeat(40_000);
    assertThat(judge("{\"" + name + "\": 1}", is("args[\"" + name + "\"]", "eq", "1")))
        .isEqualTo("holds");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          eq | 1 | 1.0 | holds
          eq | 1 | 1e0 | holds
          eq | 1 | "1" | fails
          eq | null | null | holds
          eq | {"a":[1,{"b":2.50}]} | {"a":[1.0,{"b":2.5}]} | holds
          eq | [1,2] | [2,1] | fails
          eq | 9007199254740993 | 9007199254740992 | fails
          eq | 0.1 | 0.10000000000000000001 | fails
          eq | 1e999999999 | 1 | fails
          neq | 1 | 1.0 | fails
          neq | 1 | 2 | holds
          in | 2.0 | [1,2] | holds
          in | 3 | [1,2] | fails
          not_in | 3 | [1,2] | holds
          not_in | 1 | [1,2] | fails
          lt | 99.99 | 100 | holds
          lt | 100.00 | 100 | fails
          lte | 100.00 | 100 | holds
          gt | 100 | 100 | fails
          gt | 100.01 | 100 | holds
          gt | 9007199254740993 | 9007199254740992 | holds
          gte | 0.30000000000000000001 | 0.3 | holds
          gt | "100.01" | 100 | args.v must be a number, but is a string.
          gt | null | 100 | args.v must be a number, but is null.
          gt | true | 100 | args.v must be a number, but is a boolean.
          gt | 1e999999999 | 100 | args.v must be a number of ordinary size.
          lt | 1e-999999999 | 100 | args.v must be a number of ordinary size.
          lt | 0e999999999 | 100 | holds
          exists | null | true | fails
          exists | null | false | holds
          exists | "" | true | holds
          exists | 0 | false | fails
          regex | "abc" | "b" | holds
          regex | "abc" | "^b" | fails
          regex | "ok\\nevil" | "^ok$" | fails
          regex | 5 | "5" | args.v must be a string, but is a number.
          contains | "abc" | "bc" | holds
          contains | [1,"x"] | 1.0 | holds
          contains | [1,"x"] | "y" | fails
          contains | 5 | "5" | args.v must be a string or a list, but is a number.
          contains | "5" | 5 | args.v must be a list, but is a string.
          glob | "src/a.txt" | "src/*.txt" | holds
          glob | "src/a.txt" | "src/?.tx" | fails
          glob | 1 | "*" | args.v must be a string, but is a number.
          starts_with | "SELECT 1" | "SELECT" | holds
          ends_with | "a@corp.example" | "@corp.example" | holds
          ends_with | ["a@corp.example"] | "x" | args.v must be a string, but is a list.
          host_in | "https://API.Example.com./x" | ["api.example.com"] | holds
          host_in | "https://a.example.com" | "*.example.com" | holds
          host_in | "https://example.com" | "*.example.com" | fails
          host_in | "https://evilexample.com" | "*.example.com" | fails
          host_in | "https://example.com@evil.net/" | "example.com" | fails
          host_in | "https://evil.net#@example.com" | "example.com" | fails
          host_in | "http://example.com\\\\@evil.net" | "example.com" | args.v must be an http or https URL with a plain host.
          host_in | "http://0x7f.1/" | "127.0.0.1" | args.v must be an http or https URL with a plain host.
          host_in | "http://2130706433/" | "127.0.0.1" | args.v must be an http or https URL with a plain host.
          host_in | "http://127.0.0.1:8080/" | "127.0.0.1" | holds
          host_in | "http://[::ffff:127.0.0.1]/" | "127.0.0.1" | holds
          host_in | "http://[64:ff9b::127.0.0.1]/" | "127.0.0.1" | holds
          host_in | "http://[64:ff9b::7f00:1]:80/" | "127.0.0.1" | holds
          host_in | "http://[64:ff9b::127.0.0.1]/" | ["[64:ff9b::7f00:1]"] | holds
          host_in | "javascript://example.com/%0aalert(1)" | "example.com" | args.v must be an http or https URL with a plain host.
          host_in | "//example.com/" | "example.com" | args.v must be an http or https URL with a plain host.
          path_within | "/srv/data/a.txt" | "/srv/data" | holds
          path_within | "/srv/data" | "/srv/data/" | holds
          path_within | "/srv//data/./a" | "/srv/data" | holds
          path_within | "/srv/database" | "/srv/data" | fails
          path_within | "/srv/data/../x" | "/srv/data" | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "/srv/data/%2e%2e/x" | "/srv/data" | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "/srv/data/%C0%AE%c0%ae/x" | "/srv/data" | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "/srv/data/%e0%80%ae/x" | "/srv/data" | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "/srv/data/%f0%80%80%ae/x" | "/srv/data" | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "/srv/data/%252e./x" | "/srv/data" | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "/srv/data/..\\\\x" | "/srv/data" | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "C:/srv" | "." | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "file:///etc" | "." | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "~/x" | "." | args.v must be a plain path, without "..", encoded characters, backslashes or a drive.
          path_within | "a/b" | "." | holds
          path_within | "/etc/passwd" | "." | args.v must be a relative path.
          path_within | "a" | "/srv/data" | args.v must be an absolute path.
          path_within | "a/b" | ["/srv/data", "a"] | holds
          path_within | 7 | "." | args.v must be a string, but is a number.
          cidr | "10.1.2.3" | "10.0.0.0/8" | holds
          cidr | "11.1.2.3" | ["10.0.0.0/8", "192.168.0.1"] | fails
          cidr | "2001:db8::1" | "2001:db8::/32" | holds
          cidr | "::ffff:10.1.2.3" | "10.0.0.0/8" | holds
          cidr | "64:ff9b::10.1.2.3" | "10.0.0.0/8" | holds
          cidr | "64:ff9b::a01:203" | "10.0.0.0/8" | holds
          cidr | "64:ff9b::b01:203" | "10.0.0.0/8" | fails
          cidr | "64:ff9b::a01:203" | "64:ff9b::/96" | holds
          cidr | "64:ff9b:0:1::a01:203" | "10.0.0.0/8" | fails
          cidr | "10.1.2.3" | "64:ff9b::/96" | fails
          cidr | "010.1.2.3" | "10.0.0.0/8" | args.v must be an IP address.
          cidr | "10.1" | "10.0.0.0/8" | args.v must be an IP address.
          cidr | "localhost" | "127.0.0.0/8" | args.v must be an IP address.
          length_lte | "äöü" | 3 | holds
          length_lte | [1,2] | 1 | fails
          length_lte | {} | 1 | args.v must be a string or a list, but is an object.
          """)
  void judgesValues(String op, String argument, String value, String expected) {
    assertThat(judge("{\"v\": " + argument + "}", is("args.v", op, value))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          eq | 1
          neq | 1
          in | [1]
          not_in | [1]
          lt | 1
          gte | 1
          regex | "."
          contains | 1
          glob | "*"
          host_in | "a.b"
          path_within | "."
          cidr | "10.0.0.0/8"
          length_lte | 5
          exists | true
          """)
  void nothingButAbsenceHoldsOfAMissingValue(String op, String value) {
    assertThat(judge("{}", is("args.v", op, value))).isEqualTo("fails");
    assertThat(judge("{}", is("args.v.w[0].x", op, value))).isEqualTo("fails");
    assertThat(judge("{\"v\": []}", is("args.v[*]", op, value))).isEqualTo("fails");
    assertThat(judge("{\"v\": null}", is("args.v.w", op, value))).isEqualTo("fails");
    assertThat(judge("{}", is("args.v", "exists", "false"))).isEqualTo("holds");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          args.a.b | {"a": {"b": 1}} | holds
          args.a.b | {"a.b": 1} | fails
          args["a.b"] | {"a.b": 1} | holds
          args["a.b"] | {"a": {"b": 1}} | fails
          args["a\\"b"].c | {"a\\"b": {"c": 1}} | holds
          args.items[1].n | {"items": [{"n": 0}, {"n": 1}]} | holds
          args.items[2].n | {"items": [{"n": 0}, {"n": 1}]} | fails
          args.a-b_c | {"a-b_c": 1} | holds
          """)
  void followsPaths(String path, String arguments, String expected) {
    assertThat(judge(arguments, is(path, "eq", "1"))).isEqualTo(expected);
  }

  @Test
  void aPathThroughAValueOfAnotherTypeCannotBeOrderedButExistsNot() {
    assertThat(judge("{\"a\": 5}", is("args.a.b", "gt", "1")))
        .isEqualTo("args.a must be an object, but is a number.");
    assertThat(judge("{\"a\": {\"b\": 500}}", is("args.a[*].b", "gt", "1")))
        .isEqualTo("args.a must be a list, but is an object.");
    assertThat(judge("{\"a\": 5}", is("args.a.b", "exists", "false"))).isEqualTo("holds");
    assertThat(judge("{\"a\": 5}", is("args.a.b", "eq", "1"))).isEqualTo("fails");
  }

  @Test
  void requireAsksAllElementsAndDenyIfAny() {
    TestCall call = TestCall.of("t", "{\"i\": [{\"p\": 1}, {\"p\": 200}]}");
    Condition above = is("args.i[*].p", "gt", "100");
    assertThat(judge(SECOND, Quantifier.ALL, call, above)).isEqualTo("fails");
    assertThat(judge(SECOND, Quantifier.ANY, call, above)).isEqualTo("holds");
    TestCall mixed = TestCall.of("t", "{\"i\": [{\"p\": 200}, {\"p\": \"x\"}]}");
    assertThat(judge(SECOND, Quantifier.ANY, mixed, above))
        .isEqualTo("args.i[*].p must be a number, but is a string.");
    TestCall lacking = TestCall.of("t", "{\"i\": [{\"p\": 200}, {}]}");
    assertThat(judge(SECOND, Quantifier.ALL, lacking, above)).isEqualTo("fails");
    assertThat(judge(SECOND, Quantifier.ANY, lacking, above)).isEqualTo("holds");
  }

  @Test
  void notTurnsRoundWhatIsAskedOfElements() {
    TestCall call = TestCall.of("t", "{\"i\": [1, 2]}");
    Condition isOne = is("args.i[*]", "eq", "1");
    assertThat(judge(SECOND, Quantifier.ALL, call, not(isOne))).isEqualTo("fails");
    assertThat(judge(SECOND, Quantifier.ANY, call, not(isOne))).isEqualTo("holds");
  }

  @Test
  void groupsCombineAndAWrongTypeAnywhereWins() {
    Condition yes = is("args.a", "eq", "1");
    Condition no = is("args.a", "eq", "2");
    Condition wrong = is("args.a", "regex", "\"x\"");
    String reason = "args.a must be a string, but is a number.";
    String call = "{\"a\": 1}";
    assertThat(judge(call)).isEqualTo("holds");
    assertThat(judge(call, yes, no)).isEqualTo("fails");
    assertThat(judge(call, any(no, yes))).isEqualTo("holds");
    assertThat(judge(call, any(no, no))).isEqualTo("fails");
    assertThat(judge(call, all(yes, no))).isEqualTo("fails");
    assertThat(judge(call, not(no))).isEqualTo("holds");
    assertThat(judge(call, any(yes, wrong))).isEqualTo(reason);
    assertThat(judge(call, no, wrong)).isEqualTo(reason);
    assertThat(judge(call, not(any(yes, not(wrong))))).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          grant.name | eq | "laptop"
          grant.labels.team | in | ["finance"]
          grant.labels["a.b"] | eq | "dotted"
          grant.labels.none | exists | false
          server | starts_with | "tick"
          tool.name | glob | "t*"
          tool.category | eq | "write"
          tool.annotations.readOnlyHint | eq | false
          tool.annotations.openWorldHint | eq | true
          tool.annotations.other | exists | false
          time.utc_hour | gte | 17
          time.weekday | in | ["monday", "friday"]
          """)
  void looksAtTheCallItself(String path, String op, String value) {
    Tool tool = new Tool("t", Optional.of("write"), Map.of("readOnlyHint", json("false")), true);
    TestCall call =
        new TestCall(tool, (ObjectNode) json("{}"), Map.of("team", "finance", "a.b", "dotted"));
    assertThat(judge(SECOND, Quantifier.ALL, call, is(path, op, value))).isEqualTo("holds");
  }

  @Test
  void whatIsNotKnownOfAToolDenies() {
    assertThat(judge("{}", is("tool.category", "eq", "\"destructive\"")))
        .isEqualTo(
            "tool.category is not known, as the gateway has not seen this tool in the server's own"
                + " list yet.");
  }

  private static String refusal(ConditionCompiler compiler, Condition... conditions) {
    return String.valueOf(
        catchThrowableOfType(
                InvalidConfigException.class,
                () -> compiler.compile("conditions", List.of(conditions), Quantifier.ALL))
            .getMessage());
  }

  private static final String PATHS =
      "expected a path such as args.amount, args.items[*].price or args[\"a.b\"], or one of"
          + " grant.name, grant.labels.X, server, tool.name, tool.category, tool.annotations.X,"
          + " time.utc_hour or time.weekday; found ";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          args | "args"
          args. | "args."
          args.a..b | "args.a..b"
          args.a[x] | "args.a[x]"
          args.a[-1] | "args.a[-1]"
          args["a" | "args[\\"a\\""
          arg.a | "arg.a"
          time.weekdy | "time.weekdy". Did you mean "time.weekday"?
          grant.labels | "grant.labels". Did you mean "grant.labels.X"?
          """)
  void refusesPaths(String path, String found) {
    assertThat(refusal(SECOND, is(path, "eq", "1")))
        .isEqualTo("conditions/0/path: " + PATHS + found);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          in | 1 | expected a list; found 1
          gt | "100" | expected a number; found "100"
          gt | 1e99999 | expected a number; found 1E+99999
          exists | "yes" | expected true or false; found "yes"
          regex | "(" | expected a regular expression in RE2 syntax; found "(" (missing closing ))
          regex | "a(?=b)" | expected a regular expression in RE2 syntax; found "a(?=b)" (invalid or unsupported Perl syntax)
          glob | "*.{a,b}" | expected a pattern in which * stands for any characters and ? for one; found "*.{a,b}"
          starts_with | 1 | expected a string; found 1
          host_in | "https://a.b" | expected hosts such as "example.com", "*.example.com" or "10.0.0.1"; found "https://a.b"
          host_in | [] | expected hosts such as "example.com", "*.example.com" or "10.0.0.1"; found an empty list
          path_within | "../x" | expected folders such as "/srv/data", or "." for relative paths; found "../x"
          cidr | "10.0.0.0/33" | expected networks such as "10.0.0.0/8" or "2001:db8::/32"; found "10.0.0.0/33"
          length_lte | -1 | expected a whole number of at least 0; found -1
          """)
  void refusesValues(String op, String value, String expected) {
    assertThat(refusal(SECOND, is("args.a", op, value)))
        .isEqualTo("conditions/0/value: " + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          time.utc_hour | gte | 24 | a whole number from 0 to 23; found 24
          time.utc_hour | eq | "5" | a whole number from 0 to 23; found "5"
          time.utc_hour | in | [5, 24] | a whole number from 0 to 23; found 24
          time.utc_hour | lt | -1 | a whole number from 0 to 23; found -1
          grant.labels.team | eq | 5 | a string; found 5
          grant.name | in | ["a", null] | a string; found null
          tool.name | neq | true | a string; found true
          """)
  void aValueThatAFactNeverHasIsRefused(String path, String op, String value, String wrong) {
    assertThat(refusal(SECOND, is(path, op, value)))
        .isEqualTo("conditions/0/value: expected " + wrong);
  }

  @Test
  void theHourMayBeBeforeTheEndOfTheDay() {
    assertThat(judge("{}", is("time.utc_hour", "lt", "24"))).isEqualTo("holds");
  }

  @Test
  void refusesValuesThatAFactNeverHas() {
    assertThat(refusal(SECOND, is("time.weekday", "in", "[\"monday\", \"fridy\"]")))
        .isEqualTo(
            "conditions/0/value: expected monday, tuesday, wednesday, thursday, friday, saturday or"
                + " sunday; found \"fridy\". Did you mean \"friday\"?");
  }

  @Test
  void reportsEveryProblemWithItsKey() {
    Condition empty = group(Optional.empty(), Optional.empty(), Optional.empty());
    assertThat(
            refusal(
                SECOND, is("args.a", "gtt", "1"), any(all(), not(is("args.a", "in", "1"))), empty))
        .isEqualTo(
            "conditions/0/op: expected eq, neq, in, not_in, lt, lte, gt, gte, exists, regex,"
                + " contains, glob, starts_with, ends_with, host_in, path_within, cidr or"
                + " length_lte; found \"gtt\". Did you mean \"gt\"?\n"
                + "conditions/1/any/0/all: expected at least one condition; found an empty list\n"
                + "conditions/1/any/1/not/value: expected a list; found 1\n"
                + "conditions/2/path: "
                + PATHS
                + "nothing\n"
                + "conditions/2/op: expected eq, neq, in, not_in, lt, lte, gt, gte, exists, regex,"
                + " contains, glob, starts_with, ends_with, host_in, path_within, cidr or"
                + " length_lte; found nothing\n"
                + "conditions/2/value: expected what to compare with; found nothing");
  }

  @Test
  void refusesGroupsMixedWithComparisons() {
    Condition mixed =
        new Condition(
            Optional.of("args.a"),
            Optional.empty(),
            Optional.empty(),
            Optional.of(List.of()),
            Optional.empty(),
            Optional.empty());
    assertThat(refusal(SECOND, mixed))
        .isEqualTo(
            "conditions/0: expected either \"path\", \"op\" and \"value\", or one of \"any\","
                + " \"all\" and \"not\"; found both");
  }

  @Test
  void versionOneHasOnlyItsOwnPathsOperatorsAndNoGroups() {
    assertThat(refusal(FIRST, is("grant.name", "glob", "\"a\""), any(is("args.a", "eq", "1"))))
        .isEqualTo(
            "conditions/0/path: expected a path such as args.amount, args.items[*].price or"
                + " args[\"a.b\"]; found \"grant.name\" (needs a version 2 document)\n"
                + "conditions/0/op: expected eq, neq, in, not_in, lt, lte, gt, gte, exists, regex"
                + " or contains; found \"glob\" (needs a version 2 document)\n"
                + "conditions/1: expected \"path\", \"op\" and \"value\"; found a group (needs a"
                + " version 2 document)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "result.structuredContent.status | eq | 'declined' | holds",
        "result.structuredContent.status | eq | 'paid' | fails",
        "result.structuredContent.fee | lt | 0.31 | holds",
        "result.content[*].type | eq | 'text' | holds",
        "result.content[*].text | contains | 'no' | fails",
        "result[\"structuredContent\"].status | exists | true | holds",
        "result.isError | eq | true | fails",
        "result.structuredContent.status | gt | 5 | result.structuredContent.status must be a number, but is a string.",
        "args.amount | eq | 5 | holds",
        "tool.name | eq | 't' | holds"
      })
  void looksAtResultsWhereTheyAreThere(String path, String op, String value, String expected) {
    Match match =
        SECOND
            .compileWithResult("refund_on", List.of(is(path, op, value.replace('\'', '"'))))
            .match(
                TestCall.of("t", "{\"amount\": 5}"),
                json(
                    """
                    {"content": [{"type": "text", "text": "no"}, {"type": "text", "text": "yes"}],
                     "structuredContent": {"status": "declined", "fee": 0.30}}
                    """));

    assertThat(
            match instanceof Match.WrongType(String reason)
                ? reason
                : match instanceof Match.Holds ? "holds" : "fails")
        .isEqualTo(expected);
  }

  @Test
  void aPathThatIsNoneIsRefusedWhereResultsAreThere() {
    InvalidConfigException refusal =
        catchThrowableOfType(
            InvalidConfigException.class,
            () -> FIRST.compileWithResult("refund_on", List.of(is("reslt.a", "eq", "1"))));

    assertThat(refusal)
        .hasMessage(
            "refund_on/0/path: expected a path such as result.structuredContent.status or"
                + " args.amount; found \"reslt.a\"");
  }

  @Test
  void resultsAreNotThereWhereACallIsDecided() {
    assertThat(refusal(FIRST, is("result.a", "eq", "1")))
        .isEqualTo(
            "conditions/0/path: expected a path such as args.amount, args.items[*].price or"
                + " args[\"a.b\"]; found \"result.a\"");
  }
}
