package dev.tollbar.distribution;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An entry of {@code wire-facts.yaml}.
 *
 * @param number section and number in it, such as {@code 5.8}
 * @param says in plain words
 * @param tests each as {@code Class.method}, with the package where two classes have the name
 * @param noPlace why there is none
 */
record WireFact(String number, String says, List<String> tests, Optional<String> noPlace) {

  @JsonCreator
  static WireFact of(
      @JsonProperty(value = "number", required = true) String number,
      @JsonProperty(value = "says", required = true) String says,
      @JsonProperty("tests") @Nullable List<String> tests,
      @JsonProperty("no_place") @Nullable String noPlace) {
    return new WireFact(
        number, says, tests == null ? List.of() : tests, Optional.ofNullable(noPlace));
  }

  static List<WireFact> all() throws IOException {
    return List.of(
        new ObjectMapper(new YAMLFactory())
            .readValue(Resources.text("wire-facts.yaml"), WireFact[].class));
  }
}
