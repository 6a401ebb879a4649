package dev.tollbar.transport.common;

import com.fasterxml.jackson.databind.node.TextNode;

/** Text of others as messages show it. */
public final class Quoted {
  private static final int MOST = 80;

  private Quoted() {}

  /** Text in quotes: escaped, and cut at 80 characters. */
  public static String text(String value) {
    return TextNode.valueOf(value.length() <= MOST ? value : value.substring(0, MOST) + "…")
        .toString();
  }

  /** Text of the system, a library or a server as one short line. */
  public static String line(String text) {
    String quoted = text(text.strip());
    return quoted.substring(1, quoted.length() - 1);
  }
}
