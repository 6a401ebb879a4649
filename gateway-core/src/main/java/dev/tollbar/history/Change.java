package dev.tollbar.history;

import dev.tollbar.policy.Section;
import java.util.List;

/**
 * What one tool, prompt or resource is to some grants on one server, before and after.
 *
 * @param grants who it is a change for
 * @param subject its name, or the selector that stands for several: {@code delete_*}; empty for all
 *     that neither revision names
 * @param removed the rules that were and are not, in words
 * @param added the rules that are and were not, in words
 */
public record Change(
    String server,
    List<String> grants,
    Section section,
    String subject,
    Standing before,
    Standing after,
    List<String> removed,
    List<String> added) {
  public Change {
    grants = List.copyOf(grants);
    removed = List.copyOf(removed);
    added = List.copyOf(added);
  }
}
