package dev.tollbar.trial;

/** The colours of a terminal; plain has none. */
public enum Palette {
  PLAIN,
  COLOURED;

  String good(String text) {
    return in("32", text);
  }

  String bad(String text) {
    return in("31", text);
  }

  String notable(String text) {
    return in("33", text);
  }

  String faint(String text) {
    return in("2", text);
  }

  String strong(String text) {
    return in("1", text);
  }

  private String in(String code, String text) {
    return this == PLAIN ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
