package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CallBindingTest {
  private static final JsonMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  static CallBinding binding(String arguments) throws Exception {
    return new CallBinding(
        "laptop",
        "tickets",
        "tools/call",
        "create_refund",
        (ObjectNode) EXACT.readTree(arguments),
        "5fe1");
  }

  @Test
  void writesArgumentsInOneWay() throws Exception {
    assertThat(
            binding(
                    "{ \"b\": [1, 1.0, 1.50, 1e2, 12345678901234567890, true, null],\n"
                        + "\"a\": {\"z\": \"\\u00e9\\n\\\"\\/\", \"Z\": \"\\u0001\"}, \"\\u20ac\": -0.10 }")
                .canonicalArguments())
        .isEqualTo(
            "{\"a\":{\"Z\":\"\\u0001\",\"z\":\"é\\n\\\"/\"},"
                + "\"b\":[1,1.0,1.50,1E+2,12345678901234567890,true,null],\"€\":-0.10}");
  }

  @Test
  void isTheSameForAnotherOrderOfMembersAndOtherWhiteSpace() throws Exception {
    assertThat(binding("{\"a\":1,\"b\":{\"c\":[1,2],\"d\":null}}").digest("r"))
        .isEqualTo(binding("{ \"b\" : {\"d\":null,\n\"c\":[1, 2]}, \"a\":1 }").digest("r"))
        .matches("[0-9a-f]{64}");
  }

  @Test
  void differsWhereAValueDiffers() throws Exception {
    Set<String> digests = new HashSet<>();
    List<String> all =
        List.of(
            "{}",
            "{\"a\":1}",
            "{\"a\":1.0}",
            "{\"a\":1.00}",
            "{\"a\":\"1\"}",
            "{\"a\":2}",
            "{\"a\":null}",
            "{\"a\":[1]}",
            "{\"a\":[1,2]}",
            "{\"a\":[2,1]}",
            "{\"a\":[12]}",
            "{\"a\":{}}",
            "{\"a\":[]}",
            "{\"a\":\"\"}",
            "{\"a\":\" \"}",
            "{\"a\":0.1}",
            "{\"a\":0.10000000000000000001}",
            "{\"a\":12345678901234567890}",
            "{\"a\":12345678901234567891}",
            "{\"A\":1}",
            "{\"a\":1,\"b\":2}",
            "{\"a\":\"1,\\\"b\\\":2\"}",
            "{\"a\":\"\\u00e9\"}",
            "{\"a\":\"e\\u0301\"}");

    for (String arguments : all) {
      digests.add(binding(arguments).digest("r"));
    }

    assertThat(digests).hasSize(all.size());
  }

  @Test
  void differsByEveryOtherPart() throws Exception {
    ObjectNode none = EXACT.createObjectNode();
    Set<String> digests =
        Set.of(
            new CallBinding("a", "b", "c", "d", none, "e").digest("f"),
            new CallBinding("x", "b", "c", "d", none, "e").digest("f"),
            new CallBinding("a", "x", "c", "d", none, "e").digest("f"),
            new CallBinding("a", "b", "x", "d", none, "e").digest("f"),
            new CallBinding("a", "b", "c", "x", none, "e").digest("f"),
            new CallBinding("a", "b", "c", "d", none, "x").digest("f"),
            new CallBinding("a", "b", "c", "d", none, "e").digest("x"),
            new CallBinding("ab", "", "c", "d", none, "e").digest("f"));

    assertThat(digests).hasSize(8);
  }

  @Test
  void isBoundToTheTermsAndNotToTheRevisionThatPeopleAreShown() {
    ObjectNode none = EXACT.createObjectNode();
    String digest = new CallBinding("a", "b", "c", "d", none, "r1", "terms").digest("f");

    assertThat(new CallBinding("a", "b", "c", "d", none, "r2", "terms").digest("f"))
        .isEqualTo(digest);
    assertThat(new CallBinding("a", "b", "c", "d", none, "r1", "others").digest("f"))
        .isNotEqualTo(digest);
  }
}
