package dev.tollbar.document;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * Policy language, section 6: counters survive an edit that does not change their rule, and no edit
 * refills them.
 */
class OwnersTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String CALLS = "{\"max\": 60, \"window\": \"minute\"}";
  private static final String AMOUNT =
      "{\"max\": \"5000.00\", \"window\": \"day\", \"amount\": \"args.amount\"}";

  /** The owners of the limits of one tool, in order. */
  private static List<String> owners(String... limits) throws JsonProcessingException {
    Owners owners = new Owners();
    List<String> found = new ArrayList<>();
    for (String limit : limits) {
      found.add(
          owners.of(
              "limits",
              "/tools/pay/limits/" + found.size(),
              Optional.empty(),
              JSON.readTree(limit),
              List.of("max")));
    }
    return found;
  }

  @Test
  void anotherLimitBeforeItChangesNothing() throws Exception {
    String alone = owners(AMOUNT).getFirst();

    assertThat(owners(CALLS, AMOUNT).getLast()).isEqualTo(alone);
    assertThat(owners(AMOUNT, CALLS).getFirst()).isEqualTo(alone);
  }

  @Test
  void anotherHeightIsTheSameLimit() throws Exception {
    assertThat(owners(CALLS.replace("60", "30"))).isEqualTo(owners(CALLS));
  }

  @Test
  void anotherWindowOrAmountIsAnotherLimit() throws Exception {
    assertThat(owners(CALLS.replace("minute", "hour"))).isNotEqualTo(owners(CALLS));
    assertThat(owners(AMOUNT.replace("args.amount", "args.tip"))).isNotEqualTo(owners(AMOUNT));
  }

  @Test
  void theOrderOfKeysIsNoDifference() throws Exception {
    assertThat(owners("{\"window\": \"minute\", \"max\": 60, \"scope\": \"grant\"}"))
        .isEqualTo(owners("{\"scope\": \"grant\", \"max\": 60, \"window\": \"minute\"}"));
  }

  @Test
  void twoOfTheSameDoNotCountTwice() throws Exception {
    List<String> both = owners(CALLS, CALLS.replace("60", "100"));

    assertThat(both).doesNotHaveDuplicates();
    assertThat(both.getFirst()).isEqualTo(owners(CALLS).getFirst());
  }

  @Test
  void oneAloneAndOneInAListAreTheSame() throws Exception {
    String alone =
        new Owners()
            .of(
                "limits",
                "/tools/pay/limits",
                Optional.empty(),
                JSON.readTree(CALLS),
                List.of("max"));

    assertThat(owners(CALLS)).containsExactly(alone);
  }

  @Test
  void theIdSaysWhoItIsWhateverElseChanges() throws Exception {
    Owners owners = new Owners();

    assertThat(
            owners.of(
                "limits",
                "/tools/pay/limits/0",
                Optional.of("day"),
                JSON.readTree(CALLS),
                List.of()))
        .isEqualTo(
            owners.of(
                "limits",
                "/tools/buy/limits/3",
                Optional.of("day"),
                JSON.readTree(AMOUNT),
                List.of()));
  }
}
