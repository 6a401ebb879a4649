package dev.tollbar.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.upstream.InputSchema.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InputSchemaTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String check(String schema, String arguments) {
    return said(InputSchema.of(json(schema)), arguments);
  }

  private static String said(InputSchema schema, String arguments) {
    return switch (schema.check((ObjectNode) json(arguments))) {
      case Answer.Fits _ -> "fits";
      case Answer.Differs(var faults) -> String.join("; ", faults);
      case Answer.Unusable(var why) -> "unusable: " + why;
    };
  }

  private static String of(String property) {
    return "{'type':'object','properties':{'a':%s}}".formatted(property).replace('\'', '"');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {'type':'number'}              | {'a':'5'}         | args.a must be a number, but is a string
          {'type':'number'}              | {'a':5}           | fits
          {'type':'integer'}             | {'a':5.5}         | args.a must be a whole number, but is a number
          {'type':'integer'}             | {'a':5.0}         | fits
          {'type':['string','null']}     | {'a':true}        | args.a must be a string or null, but is a boolean
          {'enum':['x','y']}             | {'a':'z'}         | args.a must be "x" or "y"
          {'const':'x'}                  | {'a':'z'}         | args.a must be "x"
          {'minimum':1}                  | {'a':0}           | args.a must be at least 1
          {'maximum':1}                  | {'a':2}           | args.a must be at most 1
          {'exclusiveMinimum':1}         | {'a':1}           | args.a must be more than 1
          {'exclusiveMaximum':1}         | {'a':1}           | args.a must be less than 1
          {'multipleOf':5}               | {'a':7}           | args.a must be a multiple of 5
          {'minLength':2}                | {'a':'x'}         | args.a must have at least 2 characters
          {'maxLength':1}                | {'a':'xy'}        | args.a must have at most 1 characters
          {'pattern':'^x'}               | {'a':'y'}         | args.a must match the pattern "^x"
          {'minItems':1}                 | {'a':[]}          | args.a must have at least 1 elements
          {'maxItems':1}                 | {'a':[1,2]}       | args.a must have at most 1 elements
          {'uniqueItems':true}           | {'a':[1,1]}       | args.a must not have equal elements
          {'items':{'type':'string'}}    | {'a':['x',1]}     | args.a[1] must be a string, but is a number
          {'required':['b c']}           | {'a':{}}          | args.a["b c"] is missing
          {'additionalProperties':false} | {'a':{'x':1}}     | args.a.x is not known to the tool
          {'minProperties':1}            | {'a':{}}          | args.a must have at least 1 members
          {'anyOf':[{'type':'string'},{'type':'null'}]}   | {'a':5}    | args.a fits none of the forms that it can have
          {'oneOf':[{'type':'string'},{'minLength':1}]}   | {'a':'xx'} | args.a fits none of the forms that it can have, or several
          {'not':{'type':'string'}}      | {'a':'x'}         | args.a is not as "not" of the schema wants it
          {'format':'date'}              | {'a':'x'}         | fits
          {'type':'string'}              | {}                | fits
          """)
  void saysWhichArgumentMustBeWhat(String property, String arguments, String said) {
    assertThat(check(of(property), arguments.replace('\'', '"'))).isEqualTo(said);
  }

  @Test
  void saysThreeFaultsAtMost() {
    String schema = "{\"required\":[\"a\",\"b\",\"c\",\"d\",\"e\"]}";

    assertThat(check(schema, "{}"))
        .isEqualTo("args.a is missing; args.b is missing; args.c is missing; and more");
  }

  @Test
  void neverRepeatsAValueOfAnArgument() {
    String schema = of("{'enum':['x'],'type':'string','pattern':'^x$','maxLength':1}");

    assertThat(check(schema, "{\"a\":\"hunter2\"}")).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://json-schema.org/draft-07/schema#",
        "http://json-schema.org/draft-07/schema",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema#"
      })
  void readsOlderDialects(String dialect) {
    String schema =
        "{\"$schema\":\""
            + dialect
            + "\",\"definitions\":{\"n\":{\"type\":"
            + "\"number\"}},\"properties\":{\"a\":{\"$ref\":\"#/definitions/n\"}}}";

    assertThat(check(schema, "{\"a\":\"x\"}"))
        .isEqualTo("args.a must be a number, but is a string");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1:9/x.json", "file:///etc/passwd", "other.json"})
  void readsNothingOutsideOfItself(String place) {
    assertThat(check("{\"$ref\":\"" + place + "\"}", "{}"))
        .isEqualTo("unusable: it refers to another schema");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":5}", "{\"required\":\"a\"}", "{\"properties\":[]}"})
  void isUnusableIfItIsNoSchema(String schema) {
    assertThat(check(schema, "{}")).isEqualTo("unusable: it is no JSON Schema");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://example.com/mine",
        "no address: %%%",
        "",
        "#",
        "file:///etc/passwd",
        "classpath:logback.xml",
        "tollbar:tool"
      })
  void isUnusableInADialectThatNobodyKnows(String dialect) {
    assertThat(check("{\"$schema\":\"" + dialect + "\",\"type\":\"object\"}", "{}"))
        .isEqualTo("unusable: it is of a dialect that is not known");
  }

  @Test
  void isUnusableIfThereIsNone() {
    assertThat(said(InputSchema.of(JSON.createObjectNode().path("inputSchema")), "{}"))
        .isEqualTo("unusable: there is none");
  }

  @Test
  void isUnusableWithAPatternThatNeedsMoreThanLinearTime() {
    assertThat(check(of("{'pattern':'(?=x)y'}"), "{\"a\":\"x\"}"))
        .isEqualTo("unusable: its pattern \"(?=x)y\" is not RE2, or too large");
  }

  @Test
  void isUnusableWithAPatternThatTakesAllMemory() {
    assertThat(check(of("{'pattern':'((x{1000}){1000}){1000}'}"), "{\"a\":\"x\"}"))
        .isEqualTo("unusable: its pattern \"((x{1000}){1000}){1000}\" is not RE2, or too large");
  }

  @Test
  void judgesHardTextInLinearTime() {
    String hard = "x".repeat(50_000) + "!";

    assertThat(check(of("{'pattern':'^(x+x+)+y$'}"), "{\"a\":\"" + hard + "\"}"))
        .isEqualTo("args.a must match the pattern \"^(x+x+)+y$\"");
  }

  @Test
  void isUnusableIfItIsTooLargeOrTooDeep() {
    String why = "unusable: it is larger than 256 KiB, or deeper than 64";

    assertThat(check(of("{'description':'" + "x".repeat(300_000) + "'}"), "{}")).isEqualTo(why);
    assertThat(check("{\"not\":".repeat(80) + "{}" + "}".repeat(80), "{}")).isEqualTo(why);
  }

  @Test
  void isUnusableIfItTurnsInACircle() {
    assertThat(check("{\"$ref\":\"#\"}", "{}")).startsWith("unusable: ");
    assertThat(
            check(
                "{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}},"
                    + "\"$ref\":\"#/$defs/a\"}",
                "{}"))
        .startsWith("unusable: ");
  }

  @Test
  void givesUpOnASchemaThatDoublesItsWorkAtEveryLevel() {
    String schema =
        "{\"allOf\":[{\"properties\":{\"x\":{\"$ref\":\"#\"}}},"
            + "{\"properties\":{\"x\":{\"$ref\":\"#\"}}}]}";
    String deep = "{\"x\":".repeat(40) + "1" + "}".repeat(40);

    assertThat(check(schema, "{\"x\":{}}")).isEqualTo("fits");
    assertThat(check(schema, deep))
        .isEqualTo("unusable: the schema takes too long for these arguments");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1e999999999", "1e-999999999"})
  void doesNotUnfoldHugeNumbers(String number) {
    assertThat(check(of("{'multipleOf':0.01}"), "{\"a\":" + number + "}"))
        .isEqualTo("unusable: the arguments hold a number of extraordinary size");
  }

  @Test
  void isKeptAsLongAsTheServerListsIt() {
    ToolCatalog catalog = new ToolCatalog();
    JsonNode entry = json("{\"name\":\"pay\",\"inputSchema\":" + of("{'type':'number'}") + "}");
    catalog.learn(entry);
    InputSchema first = catalog.inputSchema("pay").orElseThrow();

    catalog.learn(entry.deepCopy());

    assertThat(catalog.inputSchema("pay")).containsSame(first);

    catalog.learn(json("{\"name\":\"pay\",\"inputSchema\":" + of("{'type':'string'}") + "}"));

    assertThat(said(catalog.inputSchema("pay").orElseThrow(), "{\"a\":5}"))
        .isEqualTo("args.a must be a string, but is a number");
  }
}
