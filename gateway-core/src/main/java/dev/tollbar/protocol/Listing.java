package dev.tollbar.protocol;

/** The lists that servers answer with. */
public enum Listing {
  TOOLS("tools", "name"),
  PROMPTS("prompts", "name"),
  RESOURCES("resources", "uri"),
  TEMPLATES("resourceTemplates", "uriTemplate"),
  TASKS("tasks", "taskId");

  private final String member;
  private final String key;

  // Never changed once it is made, which the checker cannot see.
  @SuppressWarnings("ImmutableEnumChecker")
  private final Level level;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Level entryLevel;

  Listing(String member, String key) {
    this.member = member;
    this.key = key;
    this.level = Level.listing(member, key);
    this.entryLevel = Level.entry(key);
  }

  /** The member of the result that holds the entries. */
  public String member() {
    return member;
  }

  /** The member of an entry that says which one it is; always a string. */
  public String key() {
    return key;
  }

  /** What is of interest in one entry that was read before. */
  Level entryLevel() {
    return entryLevel;
  }

  Level level() {
    return level;
  }
}
