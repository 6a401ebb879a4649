package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.JsonShape;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An amount of memory, written as {@code "16MB"}: 1 KB is 1,024 bytes, 1 MB is 1,024 KB. */
@JsonShape(
    """
    {"type": "string", "pattern": "^[1-9][0-9]{0,5}(KB|MB)$", "examples": ["16MB"]}\
    """)
public record ByteSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("([1-9][0-9]{0,5})(KB|MB)");
  private static final long KILOBYTE = 1024;
  private static final long MEGABYTE = 1024 * KILOBYTE;

  /** Reads a size of a document. */
  public static ByteSize of(JsonNode value) {
    Matcher matcher = FORM.matcher(value.asText());
    if (!value.isTextual() || !matcher.matches()) {
      throw new InvalidConfigException(
          "",
          "a size such as \"16MB\"",
          value.isTextual() ? Text.quoted(value.asText()) : Text.line(value.toString(), 80));
    }
    long unit = matcher.group(2).equals("MB") ? MEGABYTE : KILOBYTE;
    return new ByteSize(Long.parseLong(matcher.group(1)) * unit);
  }

  static ByteSize ofMegabytes(int megabytes) {
    return new ByteSize(megabytes * MEGABYTE);
  }

  @Override
  public String toString() {
    return bytes % MEGABYTE == 0 ? bytes / MEGABYTE + "MB" : bytes / KILOBYTE + "KB";
  }
}
