package dev.tollbar.transport.stdio;

import com.fasterxml.jackson.databind.node.TextNode;

/** Text of others as messages show it. */
final class Quoted {
  private static final int MOST = 80;

  private Quoted() {}

  static String text(String value) {
    return TextNode.valueOf(value.length() <= MOST ? value : value.substring(0, MOST) + "…")
        .toString();
  }

  /** Text of the system or a server as one short line. */
  static String line(String text) {
    String quoted = text(text.strip());
    return quoted.substring(1, quoted.length() - 1);
  }
}
