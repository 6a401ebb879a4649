package dev.tollbar.policy;

/** Which part of a policy a call is judged by. */
public enum Section {
  TOOLS("tool"),
  PROMPTS("prompt"),
  RESOURCES("resource");

  private final String noun;

  Section(String noun) {
    this.noun = noun;
  }

  /** What one of its things is called. */
  public String noun() {
    return noun;
  }
}
