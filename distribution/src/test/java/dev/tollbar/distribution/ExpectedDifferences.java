package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.util.List;

/** {@code conformance-differences.yaml}. */
record ExpectedDifferences(List<Entry> entries) {

  /**
   * Differences of one cause.
   *
   * @param because the cause
   * @param over the transport behind the gateway
   * @param set the set of the suite
   * @param differences as {@link Checks#differences} says them
   */
  record Entry(String because, String over, String set, List<String> differences) {}

  static ExpectedDifferences read() throws IOException {
    ObjectMapper yaml =
        new ObjectMapper(new YAMLFactory())
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES);
    return new ExpectedDifferences(
        List.of(yaml.readValue(Resources.text("conformance-differences.yaml"), Entry[].class)));
  }

  List<Entry> of(String over, ConformanceSet set) {
    return entries.stream()
        .filter(entry -> entry.over().equals(over) && entry.set().equals(set.id()))
        .toList();
  }
}
