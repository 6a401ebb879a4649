package dev.tollbar.lint;

import dev.tollbar.document.Problem;

/**
 * Something that a document may say and its author hardly means.
 *
 * @param place where it stands, the cause and the cure
 */
public record Finding(FindingKind kind, Problem place) {

  /** {@code 14:9 /tools/pay/deny_if/0: … [deny-if-bypass]}. */
  @Override
  public String toString() {
    return place + " [" + kind.code() + "]";
  }
}
