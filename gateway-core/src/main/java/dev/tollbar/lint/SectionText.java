package dev.tollbar.lint;

import dev.tollbar.policy.Section;
import dev.tollbar.policy.Selector;
import java.util.List;

/**
 * What a policy says about its tools, prompts or resources.
 *
 * @param everywhere rules for every call
 */
record SectionText(
    Section section,
    String pointer,
    boolean denyByDefault,
    List<Hidden> hidden,
    List<RuleText> everywhere,
    List<EntryText> entries) {

  /** One member of {@code hide}. */
  record Hidden(Selector selector, String pointer) {}
}
