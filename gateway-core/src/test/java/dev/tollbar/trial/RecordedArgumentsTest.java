package dev.tollbar.trial;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever looks at an argument that is not recorded is noticed, however it looks. */
class RecordedArgumentsTest {
  @TempDir private Path folder;

  interface Look {
    Object at(ObjectNode arguments) throws Exception;
  }

  private RecordedArguments of(String members) throws Exception {
    List<RecordedArguments> all = new ArrayList<>();
    Records.each(
        folder,
        Records.call("pay", "permit", members),
        entry -> all.add(RecordedArguments.of(entry)));
    return all.getFirst();
  }

  private static Arguments look(String name, Look look) {
    return Arguments.of(name, look);
  }

  static Stream<Arguments> looks() {
    return Stream.of(
        look("get", node -> String.valueOf(node.get("note"))),
        look("has", node -> node.has("note")),
        look("path", node -> node.path("note")),
        look("optional", node -> node.optional("note")),
        look("at", node -> node.at("/note")),
        look("at a pointer", node -> node.at(JsonPointer.compile("/note/deep"))),
        look("hasNonNull", node -> node.hasNonNull("note")),
        look("findValue", node -> String.valueOf(node.findValue("note"))),
        look("toString", ObjectNode::toString),
        look("toPrettyString", ObjectNode::toPrettyString),
        look(
            "equals",
            node ->
                node.equals(
                    JsonNodeFactory.instance.objectNode().put("amount", 5).put("note", ""))),
        look("hashCode", ObjectNode::hashCode),
        look("deepCopy", ObjectNode::deepCopy),
        look("properties", node -> new ArrayList<>(node.properties())),
        look("elements", node -> node.elements().hasNext()),
        look("iterator", node -> node.iterator().hasNext()),
        look("valueStream", node -> node.valueStream().toList()),
        look("propertyStream", node -> node.propertyStream().toList()),
        look("written", node -> JsonMapper.builder().build().writeValueAsString(node)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("looks")
  void everyWayOfLookingIsNoticed(String name, Look look) throws Exception {
    RecordedArguments arguments =
        of("\"argument_keys\":[\"amount\",\"note\"],\"values\":{\"args.amount\":5}");

    look.at(arguments.node());

    assertThat(arguments.missed()).as(name).isNotEmpty();
  }

  @Test
  void whatIsRecordedIsTold() throws Exception {
    RecordedArguments arguments =
        of(
            "\"argument_keys\":[\"amount\",\"note\",\"deep\"],\"values\":{\"args.amount\":5.10,"
                + "\"args.deep.a[\\\"b.c\\\"]\":\"x\"}");

    assertThat(arguments.node().path("amount").decimalValue()).isEqualTo("5.10");
    assertThat(arguments.node().path("deep").path("a").path("b.c").asText()).isEqualTo("x");
    assertThat(arguments.node().get("other")).isNull();
    assertThat(arguments.node().size()).isEqualTo(3);
    assertThat(arguments.node().fieldNames()).toIterable().contains("note");
    assertThat(arguments.missed()).isEmpty();

    assertThat(arguments.node().path("deep").path("a").path("other").isMissingNode()).isTrue();
    assertThat(arguments.missed()).containsExactly("args.deep.a.other");
    arguments.forget();
    assertThat(arguments.missed()).isEmpty();
  }

  @Test
  void aCallWithoutArgumentsHasNothingToHide() throws Exception {
    RecordedArguments arguments = of("\"argument_keys\":[]");

    assertThat(arguments.node().toString()).isEqualTo("{}");
    assertThat(arguments.missed()).isEmpty();
  }

  @Test
  void allArgumentsMayBeRecorded() throws Exception {
    RecordedArguments arguments =
        of("\"argument_keys\":[\"a\"],\"values\":{\"args\":{\"a\":[1,2]}}");

    assertThat(arguments.node().toString()).isEqualTo("{\"a\":[1,2]}");
    assertThat(arguments.missed()).isEmpty();
  }

  @Test
  void aRecordThatSaysNothingOfNamesTellsNothingOfAbsence() throws Exception {
    RecordedArguments arguments = of("");

    assertThat(arguments.node().has("a")).isFalse();
    assertThat(arguments.missed()).containsExactly("args.a");
  }

  @Test
  void valuesThatWereCutOrLieInListsAreNotTold() throws Exception {
    RecordedArguments arguments =
        of(
            "\"argument_keys\":[\"text\",\"items\"],\"values\":{\"args.text\":\"long…\","
                + "\"args.items[0].price\":1}");

    arguments.node().path("text");
    arguments.node().path("items");

    assertThat(arguments.missed()).containsExactly("args.items", "args.text");
  }
}
