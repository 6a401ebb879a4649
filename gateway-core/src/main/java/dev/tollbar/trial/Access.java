package dev.tollbar.trial;

import dev.tollbar.policy.Policy;
import java.util.Map;

/** Whether a grant reaches a server, and under which policy. */
sealed interface Access {

  /** It does. Without a policy every call is denied. */
  record Granted(Map<String, String> labels, Policy policy) implements Access {}

  /**
   * The gateway turns it away before any policy.
   *
   * @param reason for people, as one sentence
   */
  record Refused(int status, String reason) implements Access {}
}
