package dev.tollbar.console;

/** What the admin API lets somebody do. */
public enum Permission {
  READ("see what the gateway does"),
  DECIDE("decide approvals"),
  CHANGE_POLICY("change the document"),
  ADMINISTER("make grants and admin tokens, and see the audit trail");

  private final String words;

  Permission(String words) {
    this.words = words;
  }

  /** As messages say it: what somebody may or may not. */
  public String words() {
    return words;
  }
}
