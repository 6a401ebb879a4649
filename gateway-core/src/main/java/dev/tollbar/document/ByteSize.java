package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;
import dev.tollbar.policy.Wording;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written as {@code "100MB"}: a thousand of one unit are one of the next. */
@JsonShape("{\"type\": \"string\", \"pattern\": \"^[1-9][0-9]{0,5}(KB|MB|GB)$\"}")
public record ByteSize(long bytes) {
  private static final Pattern TEXT = Pattern.compile("([1-9][0-9]{0,5})(KB|MB|GB)");

  /** Reads it from a document. */
  public static ByteSize of(JsonNode value) {
    Matcher text = TEXT.matcher(value.isTextual() ? value.textValue() : "");
    if (!text.matches()) {
      throw new InvalidConfigException(
          "", "a size such as \"500KB\", \"100MB\" or \"1GB\"", Wording.found(value));
    }
    long unit =
        switch (text.group(2)) {
          case "KB" -> 1_000L;
          case "MB" -> 1_000_000L;
          default -> 1_000_000_000L;
        };
    return new ByteSize(Long.parseLong(text.group(1)) * unit);
  }
}
