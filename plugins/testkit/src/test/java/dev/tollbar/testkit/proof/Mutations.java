package dev.tollbar.testkit.proof;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Spoils files: bytes, and pieces that parsers stumble over, in places where they were not. */
final class Mutations {
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ":",
          ",",
          "\"",
          "'",
          "- ",
          "? ",
          "| ",
          "> ",
          "#",
          "%",
          "@",
          "`",
          "&a ",
          "*a",
          "!!",
          "!!map ",
          "<<: ",
          "---\n",
          "...\n",
          "\n",
          "\r",
          "\t",
          "\0",
          "\u0085",
          "\u2028",
          "\uFEFF",
          "\\u0000",
          "\\",
          "null",
          "~",
          "true",
          "0x10",
          "1_000",
          "1e999999999",
          "-0",
          ".inf",
          ".nan",
          "1:30",
          "2026-01-01",
          "args.",
          "args[*]",
          "args[\"",
          "@category:",
          "@annotation:x=",
          "@unlisted",
          "(a+)+$",
          "[[:alpha:",
          "\\p{",
          "(?P<",
          "{1000}",
          "\"when\": ",
          "\"tools\": {",
          "\"all\": [",
          "not: ",
          "any: ",
          "\"version\": 2,");

  private final List<byte[]> seeds;
  private final Random random;

  Mutations(List<byte[]> seeds, Random random) {
    this.seeds = seeds;
    this.random = random;
  }

  /** A file nobody would write. */
  byte[] next() {
    if (random.nextInt(10) == 0) {
      byte[] noise = new byte[random.nextInt(400)];
      random.nextBytes(noise);
      return noise;
    }
    byte[] bytes = seed();
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      bytes = spoiled(bytes);
    }
    return bytes;
  }

  private byte[] seed() {
    return seeds.get(random.nextInt(seeds.size()));
  }

  private byte[] spoiled(byte[] bytes) {
    int from = random.nextInt(bytes.length + 1);
    int to = Math.min(bytes.length, from + random.nextInt(40));
    byte[] none = new byte[0];
    return switch (random.nextInt(7)) {
      case 0 -> joined(bytes, from, to, none);
      case 1 -> joined(bytes, from, from, Arrays.copyOfRange(bytes, from, to));
      case 2 -> joined(bytes, from, Math.min(bytes.length, from + 1), noise());
      case 3 -> joined(bytes, from, from, piece().repeat(1 + random.nextInt(3)));
      case 4 -> joined(bytes, from, from, piece().repeat(random.nextInt(2_000)));
      case 5 -> joined(bytes, from, to, piece());
      default -> spliced(bytes, from);
    };
  }

  private byte[] spliced(byte[] bytes, int from) {
    byte[] other = seed();
    int start = random.nextInt(other.length + 1);
    return joined(bytes, from, bytes.length, Arrays.copyOfRange(other, start, other.length));
  }

  private byte[] noise() {
    byte[] noise = new byte[1 + random.nextInt(3)];
    random.nextBytes(noise);
    return noise;
  }

  private String piece() {
    return PIECES.get(random.nextInt(PIECES.size()));
  }

  private static byte[] joined(byte[] bytes, int from, int to, String between) {
    return joined(bytes, from, to, between.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] joined(byte[] bytes, int from, int to, byte[] between) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + between.length);
    out.write(bytes, 0, from);
    out.writeBytes(between);
    out.write(bytes, to, bytes.length - to);
    return out.toByteArray();
  }
}
