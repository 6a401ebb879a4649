package dev.tollbar.plugins;

/** Looks for bytes among others: nearly all class files need no parsing. */
final class Bytes {
  private Bytes() {}

  static boolean contains(byte[] bytes, byte[] part) {
    for (int start = 0; start <= bytes.length - part.length; start++) {
      int same = 0;
      while (same < part.length && bytes[start + same] == part[same]) {
        same++;
      }
      if (same == part.length) {
        return true;
      }
    }
    return false;
  }
}
