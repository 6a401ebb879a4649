package dev.tollbar.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartsTest {

  @Test
  void findsTheMembersOfAnObjectWithTheirBytes() {
    String json =
        " { \"a\" : 1.0e5, \"b\\u0022\":{\"x\":[1,{\"y\":\"}\\\"]\"}]},\n\"c\":\"\\\\\" ,\"d\":null,"
            + "\"e\":[ ],\"f\":false }";

    assertThat(members(json))
        .containsExactly(
            Map.entry("a", "1.0e5"),
            Map.entry("b\"", "{\"x\":[1,{\"y\":\"}\\\"]\"}]}"),
            Map.entry("c", "\"\\\\\""),
            Map.entry("d", "null"),
            Map.entry("e", "[ ]"),
            Map.entry("f", "false"));
    assertThat(members("{ }")).isEmpty();
  }

  @Test
  void findsTheElementsOfAnArray() {
    byte[] json = "[ -1 , {\"a\":[2]},\"x,y\",[]]".getBytes(StandardCharsets.UTF_8);

    assertThat(Parts.elements(json, new Range(0, json.length)))
        .extracting(range -> new String(Parts.bytes(json, range), StandardCharsets.UTF_8))
        .containsExactly("-1", "{\"a\":[2]}", "\"x,y\"", "[]");
  }

  @Test
  void findsOneMember() {
    byte[] json = "{\"a\":1,\"b\":22}".getBytes(StandardCharsets.UTF_8);
    Range all = new Range(0, json.length);

    assertThat(Parts.member(json, all, "b")).contains(new Range(11, 13));
    assertThat(Parts.member(json, all, "c")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{ \"resultType\" : 7 , \"x\":1}} | { \"x\":1}",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":1 , \"resultType\":7 }} | {\"x\":1  }",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{ \"resultType\":7 }} | {  }",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\\\\\":1,\"resultT\\u0079pe\":7}} | {\"a\\\\\":1}"
      })
  void dropsAMemberWithItsNameAndOneComma(String json, String left) throws Exception {
    Message message = StrictParser.parseServer(json.getBytes(StandardCharsets.UTF_8));
    Range member = message.range("result.resultType").orElseThrow();

    byte[] dropped = new Splice(message.bytes()).dropMember(member).bytes();

    assertThat(new String(dropped, StandardCharsets.UTF_8).replace(" ", ""))
        .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":" + left.replace(" ", "") + "}");
    assertThat(StrictParser.parseServer(dropped).range("result.resultType")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{} | {\"n\":1}", "{ } | {\"n\":1 }", "{ \"a\":1} | {\"n\":1, \"a\":1}"})
  void addsMembersBeforeThoseThatAreThere(String object, String more) {
    byte[] json = object.getBytes(StandardCharsets.UTF_8);

    byte[] added = new Splice(json).addMembers(new Range(0, json.length), "\"n\":1").bytes();

    assertThat(new String(added, StandardCharsets.UTF_8)).isEqualTo(more);
  }

  private static Map<String, String> members(String json) {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    Map<String, String> members = new LinkedHashMap<>();
    Parts.members(bytes, new Range(json.indexOf('{'), bytes.length))
        .forEach((name, range) ->
            members.put(name, new String(Parts.bytes(bytes, range), StandardCharsets.UTF_8)));
    return members;
  }
}
