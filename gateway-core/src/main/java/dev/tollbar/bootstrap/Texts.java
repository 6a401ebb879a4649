package dev.tollbar.bootstrap;

/** What users typed, as messages quote it. */
final class Texts {
  private static final int LONGEST = 80;

  private Texts() {}

  /** Without control characters, and cut. */
  static String shown(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", "?");
    return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "…" : plain;
  }
}
