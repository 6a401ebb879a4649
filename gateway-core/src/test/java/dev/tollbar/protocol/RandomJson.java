package dev.tollbar.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Random;

/** Random JSON in every notation that the grammar has, and damage to it. */
final class RandomJson {
  private static final String[] SPACES = {"", "", "", "", " ", "\n", "\r\n", "\t "};
  private static final String[] PIECES = {
    "a",
    "Z",
    " ",
    "é",
    "ſ",
    "中",
    "😀",
    "\uFEFF",
    "\u007F",
    "\\n",
    "\\\"",
    "\\\\",
    "\\/",
    "\\u0041",
    "\\ud83d\\ude00",
    "\\u0000",
    "/",
    "'",
    "{",
    "]"
  };
  private static final String[] NUMBERS = {
    "0",
    "-0",
    "1",
    "-1",
    "2147483648",
    "-9223372036854775808",
    "9223372036854775808",
    "0.10",
    "-1.5e3",
    "1E+2",
    "1e-7",
    "100000000000000000000.001",
    "0e0"
  };
  private static final byte[] BYTES = "{}[]\",:\\/0123456789eE+-.tfnu \n\t".getBytes(UTF_8);

  private final Random random;
  private int names;

  RandomJson(Random random) {
    this.random = random;
  }

  byte[] document() {
    StringBuilder out = new StringBuilder();
    value(out.append(space()), 0);
    return out.append(space()).toString().getBytes(UTF_8);
  }

  byte[] message() {
    StringBuilder params = new StringBuilder();
    value(params, 2);
    return ("{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{\"name\":\"t\","
            + "\"arguments\":%s}}")
        .formatted(random.nextInt(), params)
        .getBytes(UTF_8);
  }

  /** A server's reply of one kind or another, members in any order. */
  byte[] reply() {
    StringBuilder extra = new StringBuilder();
    value(extra, 2);
    String[] bodies = {
      "\"result\":{\"content\":" + extra + ",\"isError\":" + random.nextBoolean() + "}",
      "\"res\\u0075lt\":{\"\\u0069sError\":true}",
      "\"result\":" + extra,
      "\"error\":{\"message\":\"x\",\"code\":" + random.nextInt() + ",\"data\":" + extra + "}",
      "\"method\":\"notifications/x\",\"params\":" + extra
    };
    String[] ids = {"1", "\"a\\u0062\"", "-77", "\"é\"", "null", "123456789012345678901"};
    String id = "\"id\":" + pick(ids);
    String body = pick(bodies);
    String members = random.nextBoolean() ? id + " , " + body : body + "," + id;
    return ("{" + space() + "\"jsonrpc\":\"2.0\"," + members + "}" + space()).getBytes(UTF_8);
  }

  byte[] damaged(byte[] bytes) {
    byte[] damaged = bytes.clone();
    for (int i = random.nextInt(3); i >= 0 && damaged.length > 1; i--) {
      int at = random.nextInt(damaged.length);
      switch (random.nextInt(4)) {
        case 0 -> damaged[at] = (byte) random.nextInt(256);
        case 1 -> damaged[at] = BYTES[random.nextInt(BYTES.length)];
        case 2 -> damaged = without(damaged, at);
        default -> damaged = twice(damaged, at);
      }
    }
    return damaged;
  }

  private byte[] without(byte[] bytes, int at) {
    int length = Math.min(1 + random.nextInt(8), bytes.length - at);
    byte[] rest = new byte[bytes.length - length];
    System.arraycopy(bytes, 0, rest, 0, at);
    System.arraycopy(bytes, at + length, rest, at, rest.length - at);
    return rest;
  }

  private byte[] twice(byte[] bytes, int at) {
    int length = Math.min(1 + random.nextInt(12), bytes.length - at);
    byte[] more = new byte[bytes.length + length];
    System.arraycopy(bytes, 0, more, 0, at + length);
    System.arraycopy(bytes, at, more, at + length, bytes.length - at);
    return more;
  }

  private void value(StringBuilder out, int depth) {
    switch (random.nextInt(depth > 5 ? 4 : 8)) {
      case 0 -> out.append(pick(new String[] {"true", "false", "null"}));
      case 1 -> out.append(pick(NUMBERS));
      case 2 -> out.append(random.nextLong());
      case 3 -> string(out, "");
      case 4, 5 -> {
        out.append('[').append(space());
        for (int i = random.nextInt(4); i > 0; i--) {
          value(out, depth + 1);
          out.append(space()).append(i == 1 ? "" : ",").append(space());
        }
        out.append(']');
      }
      default -> {
        out.append('{').append(space());
        for (int i = random.nextInt(4); i > 0; i--) {
          string(out, "n" + names++);
          out.append(space()).append(':').append(space());
          value(out, depth + 1);
          out.append(space()).append(i == 1 ? "" : ",").append(space());
        }
        out.append('}');
      }
    }
  }

  private void string(StringBuilder out, String start) {
    out.append('"').append(start);
    for (int i = random.nextInt(6); i > 0; i--) {
      out.append(pick(PIECES));
    }
    out.append('"');
  }

  private String space() {
    return pick(SPACES);
  }

  private String pick(String[] of) {
    return of[random.nextInt(of.length)];
  }
}
