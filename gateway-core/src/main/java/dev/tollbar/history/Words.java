package dev.tollbar.history;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Wording;
import java.util.Collection;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Rules in words. */
public final class Words {
  private static final int SHOWN_DIGITS = 12;
  private static final Pattern PLAIN = Pattern.compile("[\\w.:/@*-]+");

  private Words() {}

  /** {@code limits: max 60, window minute}. */
  public static String of(ConfiguredRule rule) {
    StringJoiner words = new StringJoiner(", ");
    rule.config()
        .properties()
        .forEach(member -> words.add(member.getKey() + " " + value(member.getValue())));
    rule.onDeny().ifPresent(text -> words.add("on_deny " + Wording.quote(text)));
    String config = words.length() == 0 ? "" : ": " + words;
    return rule.kind()
        + rule.id().map(id -> " " + id).orElse("")
        + (rule.shadow() ? " (shadow)" : "")
        + config;
  }

  /**
   * {@code script: file refund.js (refund.js has SHA-256 3f2a9c61d0be…)}: tells apart what only the
   * files of a rule tell apart.
   */
  static String withFiles(ConfiguredRule rule) {
    StringJoiner files = new StringJoiner(", ", " (", ")").setEmptyValue("");
    new TreeMap<>(rule.files())
        .forEach((path, sha256) ->
            files.add(path + " has SHA-256 " + sha256.substring(0, SHOWN_DIGITS) + "…"));
    return of(rule) + files;
  }

  private static String value(JsonNode value) {
    if (value.isTextual()) {
      return PLAIN.matcher(value.textValue()).matches()
          ? value.textValue()
          : Wording.quote(value.textValue());
    }
    return value.toString();
  }

  /** {@code a, b and c}. */
  static String and(Collection<String> names) {
    String all = String.join(", ", names);
    int last = all.lastIndexOf(", ");
    return last < 0 ? all : all.substring(0, last) + " and " + all.substring(last + 2);
  }
}
