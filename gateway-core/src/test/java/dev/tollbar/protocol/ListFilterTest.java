package dev.tollbar.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListFilterTest {
  private static final String PAGE =
      """
      {"result" : {"x":1.50, "tools": [ {"name":"a","n":2.50} ,
        {"name":"b","inputSchema":{"tools":[{"name":"z"}]}},\t{"name":"c", "é":"\\u00e9"} ],
        "nextCursor":"more", "_meta":{"tools":[1]}}, "id":"7","jsonrpc":"2.0"}
      """;

  private static ListFilter read(String json, Listing listing) throws MalformedListException {
    return ListFilter.read(json.getBytes(UTF_8), listing);
  }

  private static String keep(String json, String... names) throws MalformedListException {
    Set<String> wanted = Set.of(names);
    byte[] kept =
        read(json, Listing.TOOLS).keep(entry -> wanted.contains(entry.path("name").asText()));
    return new String(kept, UTF_8);
  }

  @Test
  void dropsWholeEntriesAndKeepsEveryOtherByte() throws Exception {
    String a = "{\"name\":\"a\",\"n\":2.50}";
    String b = "{\"name\":\"b\",\"inputSchema\":{\"tools\":[{\"name\":\"z\"}]}}";
    String c = "{\"name\":\"c\", \"é\":\"\\u00e9\"}";
    String list = a + " ,\n  " + b + ",\t" + c;
    assertThat(PAGE).contains(list);

    assertThat(keep(PAGE, "a", "b", "c")).isEqualTo(PAGE);
    assertThat(keep(PAGE)).isEqualTo(PAGE.replace(list, ""));
    assertThat(keep(PAGE, "a")).isEqualTo(PAGE.replace(list, a));
    assertThat(keep(PAGE, "b")).isEqualTo(PAGE.replace(list, b));
    assertThat(keep(PAGE, "c")).isEqualTo(PAGE.replace(list, c));
    assertThat(keep(PAGE, "a", "b")).isEqualTo(PAGE.replace(list, a + " ,\n  " + b));
    assertThat(keep(PAGE, "a", "c")).isEqualTo(PAGE.replace(list, a + ",\t" + c));
    assertThat(keep(PAGE, "b", "c")).isEqualTo(PAGE.replace(list, b + ",\t" + c));
  }

  @Test
  void leavesTheSameListAsATreeWouldAfterAnyChoice() throws Exception {
    Random random = new Random(21);
    ListFilter page = read(PAGE, Listing.TOOLS);
    for (int i = 0; i < 100; i++) {
      List<JsonNode> wanted = new ArrayList<>(page.entries());
      wanted.removeIf(entry -> random.nextBoolean());
      ListFilter kept = ListFilter.read(page.keep(wanted::contains), Listing.TOOLS);
      assertThat(kept.entries()).isEqualTo(wanted);
      assertThat(kept.nextCursor()).contains("more");
    }
  }

  @Test
  void givesTheSameArrayBackWhenNothingIsDropped() throws Exception {
    byte[] bytes = PAGE.getBytes(UTF_8);

    assertThat(ListFilter.read(bytes, Listing.TOOLS).keep(entry -> true)).isSameAs(bytes);
  }

  @ParameterizedTest
  @EnumSource
  void readsEveryKindOfList(Listing listing) throws Exception {
    String json =
        "{\"id\":1,\"result\":{\"%s\":[{\"%s\":\"a\"}]}}"
            .formatted(listing.member(), listing.key());

    ListFilter page = read(json, listing);
    assertThat(page.entries()).hasSize(1);
    assertThat(page.nextCursor()).isEmpty();
    assertThat(page.keep(entry -> false)).asString(UTF_8).contains("\":[]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":1,\"error\":{\"code\":-32601,\"message\":\"no\"}}",
        "{\"method\":\"notifications/message\",\"params\":{\"tools\":[{\"name\":\"a\"}]}}",
        "{\"id\":1,\"result\":{\"tools\":[]}}"
      })
  void passesMessagesWithoutEntries(String json) throws Exception {
    assertThat(read(json, Listing.TOOLS).entries()).isEmpty();
    assertThat(keep(json)).isEqualTo(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "<html> | The message is not valid JSON (at byte 0).",
        "[] | it must be an object with either a result or an error",
        "{} | it must be an object with either a result or an error",
        "{\"result\":{\"tools\":[]},\"error\":{}} | it must be an object with either a result or an error",
        "{\"result\":{\"tools\":[]},\"method\":\"x\"} | it must be an object with either a result or an error",
        "{\"result\":[]} | expected an array \"tools\" in its result",
        "{\"result\":{\"tools\":{}}} | expected an array \"tools\" in its result",
        "{\"result\":{\"tools\":[[{\"name\":\"a\"}]]}} | expected a string \"name\" in every entry",
        "{\"result\":{\"tools\":[{\"name\":1}]}} | expected a string \"name\" in every entry",
        "{\"result\":{\"tools\":[\"a\"]}} | expected a string \"name\" in every entry",
        "{\"result\":{\"tools\":[],\"tools\":[]}} | An object has two members of one name (at byte 22).",
        "{\"result\":{\"tools\":[],\"Tools\":[]}} | A member name differs only in case or Unicode form from one that the protocol defines (at byte 22).",
        "{\"result\":{},\"Result\":{\"tools\":[]}} | A member name differs only in case or Unicode form from one that the protocol defines (at byte 13).",
        "{\"result\":{\"tools\":[{\"name\":\"a\",\"NAME\":\"b\"}]}} | A member name differs only in case or Unicode form from one that the protocol defines (at byte 32)."
      })
  void refusesAListThatCouldBeReadInTwoWays(String json, String why) {
    assertThatExceptionOfType(MalformedListException.class)
        .isThrownBy(() -> read(json, Listing.TOOLS))
        .withMessage("The server's list cannot be read: " + why);
  }
}
