package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.MessageId;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;

/**
 * Watches one message of a server as it streams through, in pieces of any size, and says at its end
 * what it was. Checks the grammar of JSON but for the encoding of characters inside of strings;
 * keeps nothing of the message but the few short values that it looks for.
 *
 * <p>One message, one thread at a time.
 */
public final class ReplyScanner {
  private static final int MAX_DEPTH = 256;

  /** A string id of 256 characters, all of them escaped. */
  private static final int MAX_KEPT = 6 * 256 + 2;

  private static final boolean[] PLAIN = new boolean[256];

  static {
    Arrays.fill(PLAIN, 0x20, 256, true);
    PLAIN['"'] = false;
    PLAIN['\\'] = false;
  }

  private enum State {
    VALUE,
    FIRST_ELEMENT,
    FIRST_NAME,
    NAME,
    COLON,
    NEXT,
    STRING,
    ESCAPE,
    HEX,
    NUMBER,
    LITERAL,
    DONE,
    BAD
  }

  /** The members that matter, and all others. */
  private enum Member {
    OTHER,
    ID,
    METHOD,
    RESULT,
    ERROR,
    IS_ERROR,
    RESULT_TYPE,
    INPUT_REQUESTS,
    CODE
  }

  private State state = State.VALUE;
  private String why = "";
  private final long[] objects = new long[MAX_DEPTH / Long.SIZE];
  private int depth;
  private Member inside = Member.OTHER;
  private Member member = Member.OTHER;
  private boolean inName;
  private boolean escaped;
  private int hexDigits;
  private Digits digits = Digits.START;
  private String literal = "";
  private int literalAt;
  private boolean keeping;
  private byte[] kept = new byte[64];
  private int keptLength;
  private final EnumSet<Member> seen = EnumSet.noneOf(Member.class);
  private Optional<MessageId> id = Optional.empty();
  private boolean isError;
  private Optional<String> resultType = Optional.empty();
  private long code;

  /** Watches the next piece. */
  public void feed(byte[] buffer, int offset, int length) {
    int at = offset;
    int end = offset + length;
    while (at < end && state != State.BAD) {
      at =
          switch (state) {
            case STRING -> string(buffer, at, end);
            case ESCAPE -> escape(buffer[at], at);
            case HEX -> hex(buffer[at], at);
            case NUMBER -> number(buffer, at, end);
            case LITERAL -> literal(buffer[at], at);
            case VALUE, FIRST_ELEMENT, FIRST_NAME, NAME, COLON, NEXT, DONE ->
                structure(buffer[at], at);
            case BAD -> end;
          };
    }
  }

  /** Whether what was seen cannot become a JSON-RPC message any more. */
  public boolean malformed() {
    return state == State.BAD;
  }

  /** What the message was, now that it has ended. */
  public Reply finish() {
    if (state == State.BAD) {
      return new Reply.Malformed(why);
    }
    if (state != State.DONE) {
      return new Reply.Malformed("the message breaks off");
    }
    boolean result = seen.contains(Member.RESULT);
    boolean error = seen.contains(Member.ERROR);
    boolean method = seen.contains(Member.METHOD);
    if ((result ? 1 : 0) + (error ? 1 : 0) + (method ? 1 : 0) != 1) {
      return new Reply.Malformed("expected exactly one of \"method\", \"result\", \"error\"");
    }
    if (method) {
      return new Reply.NotAReply();
    }
    if (result) {
      return id.isPresent()
          ? new Reply.Result(id, isError, resultType, seen.contains(Member.INPUT_REQUESTS))
          : new Reply.Malformed("a result must have an \"id\"");
    }
    return seen.contains(Member.CODE)
        ? new Reply.ProtocolError(id, code)
        : new Reply.Malformed("an error must have a \"code\"");
  }

  private int structure(byte b, int at) {
    if (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
      return at + 1;
    }
    switch (state) {
      case VALUE -> value(b);
      case FIRST_ELEMENT -> {
        if (b == ']') {
          close();
        } else {
          value(b);
        }
      }
      case FIRST_NAME -> {
        if (b == '}') {
          close();
        } else {
          name(b);
        }
      }
      case NAME -> name(b);
      case COLON -> {
        if (b == ':') {
          state = State.VALUE;
        } else {
          bad();
        }
      }
      case NEXT -> next(b);
      case STRING, ESCAPE, HEX, NUMBER, LITERAL, DONE, BAD -> bad();
    }
    // A number has no first byte of its own: it is read there.
    return state == State.NUMBER ? at : at + 1;
  }

  private void value(byte b) {
    if (depth == 0 && b != '{') {
      bad("expected one JSON object");
      return;
    }
    switch (b) {
      case '{', '[' -> open(b == '{');
      case '"' -> {
        inName = false;
        scalar(State.STRING);
        keep(b);
      }
      case 't' -> literal("true", b);
      case 'f' -> literal("false", b);
      case 'n' -> literal("null", b);
      default -> {
        digits = Digits.START;
        scalar(State.NUMBER);
      }
    }
  }

  private void scalar(State next) {
    state = next;
    keeping = isSought(member);
    keptLength = 0;
    if (member == Member.ERROR) {
      bad("expected an object \"error\"");
    }
  }

  private void literal(String text, byte first) {
    literal = text;
    literalAt = 1;
    scalar(State.LITERAL);
    keep(first);
  }

  private void open(boolean object) {
    if (isSought(member)) {
      bad("expected a scalar where the protocol has one");
    } else if (member == Member.ERROR && !object) {
      bad("expected an object \"error\"");
    } else if (depth == MAX_DEPTH) {
      bad("nested deeper than " + MAX_DEPTH + " levels");
    } else {
      if (depth == 1) {
        inside = member;
      }
      long bit = 1L << depth;
      int word = depth / Long.SIZE;
      objects[word] = object ? objects[word] | bit : objects[word] & ~bit;
      depth++;
      member = Member.OTHER;
      state = object ? State.FIRST_NAME : State.FIRST_ELEMENT;
    }
  }

  private boolean inObject() {
    return (objects[(depth - 1) / Long.SIZE] & 1L << (depth - 1)) != 0;
  }

  private void close() {
    depth--;
    ended();
  }

  private void ended() {
    member = Member.OTHER;
    state = depth == 0 ? State.DONE : State.NEXT;
  }

  private void next(byte b) {
    if (b == ',') {
      state = inObject() ? State.NAME : State.VALUE;
    } else if (b == (inObject() ? '}' : ']')) {
      close();
    } else {
      bad();
    }
  }

  private void name(byte b) {
    if (b != '"') {
      bad();
      return;
    }
    state = State.STRING;
    inName = true;
    escaped = false;
    keeping = depth == 1 || (depth == 2 && (inside == Member.RESULT || inside == Member.ERROR));
    keptLength = 0;
    keep(b);
  }

  private int string(byte[] buffer, int from, int end) {
    int at = from;
    while (at < end && PLAIN[buffer[at] & 0xFF]) {
      at++;
    }
    keep(buffer, from, at);
    if (at == end) {
      return at;
    }
    byte b = buffer[at];
    keep(b);
    if (b == '\\') {
      escaped = true;
      state = State.ESCAPE;
    } else if (b != '"') {
      bad();
    } else if (inName) {
      nameEnded();
    } else {
      scalarEnded();
    }
    return at + 1;
  }

  private int escape(byte b, int at) {
    keep(b);
    hexDigits = 0;
    if ("\"\\/bfnrt".indexOf(b) >= 0) {
      state = State.STRING;
    } else if (b == 'u') {
      state = State.HEX;
    } else {
      bad();
    }
    return at + 1;
  }

  private int hex(byte b, int at) {
    keep(b);
    if (b < 0 || Character.digit(b, 16) < 0) {
      bad();
    } else if (++hexDigits == 4) {
      state = State.STRING;
    }
    return at + 1;
  }

  private int number(byte[] buffer, int from, int end) {
    int at = from;
    while (at < end && inNumber(buffer[at])) {
      at++;
    }
    keep(buffer, from, at);
    if (at < end && state == State.NUMBER) {
      if (digits.mayEnd()) {
        scalarEnded();
      } else {
        bad();
      }
    }
    return at;
  }

  /** Takes the byte into the number, or says that it is not part of it. */
  private boolean inNumber(byte b) {
    Digits next = digits.next(b);
    if (next == null) {
      return false;
    }
    digits = next;
    return true;
  }

  private int literal(byte b, int at) {
    keep(b);
    if (b != literal.charAt(literalAt)) {
      bad();
    } else if (++literalAt == literal.length()) {
      scalarEnded();
    }
    return at + 1;
  }

  private void nameEnded() {
    state = State.COLON;
    member = keeping ? named() : Member.OTHER;
    keeping = false;
    if (member != Member.OTHER && !seen.add(member)) {
      bad("two members of one name");
    }
  }

  /** Which member the kept name is. */
  private Member named() {
    String name =
        escaped
            ? StrictReader.scalar(kept, keptLength).map(JsonNode::asText).orElse("")
            : new String(kept, 1, keptLength - 2, StandardCharsets.ISO_8859_1);
    if (depth == 1) {
      return switch (name) {
        case "id" -> Member.ID;
        case "method" -> Member.METHOD;
        case "result" -> Member.RESULT;
        case "error" -> Member.ERROR;
        default -> Member.OTHER;
      };
    }
    if (inside == Member.RESULT) {
      return switch (name) {
        case "isError" -> Member.IS_ERROR;
        case "resultType" -> Member.RESULT_TYPE;
        case "inputRequests" -> Member.INPUT_REQUESTS;
        default -> Member.OTHER;
      };
    }
    return name.equals("code") ? Member.CODE : Member.OTHER;
  }

  private void scalarEnded() {
    Member ended = member;
    boolean whole = keeping;
    keeping = false;
    ended();
    if (isSought(ended)) {
      if (whole) {
        StrictReader.scalar(kept, keptLength).ifPresentOrElse(it -> learn(ended, it), this::bad);
      } else {
        bad("an id or code is too long");
      }
    }
  }

  /** Whether the member's value, a scalar, is of interest. */
  private static boolean isSought(Member member) {
    return member == Member.ID
        || member == Member.IS_ERROR
        || member == Member.RESULT_TYPE
        || member == Member.CODE;
  }

  private void learn(Member ended, JsonNode value) {
    if (ended == Member.ID) {
      id = Ids.of(value, kept, new Range(0, keptLength));
      if (id.isEmpty() && !value.isNull()) {
        bad("expected a string or whole number as \"id\"");
      }
    } else if (ended == Member.CODE) {
      code = value.asLong();
      if (!value.canConvertToExactIntegral() || !value.canConvertToLong()) {
        bad("expected a whole number as \"code\"");
      }
    } else if (ended == Member.RESULT_TYPE) {
      resultType = Optional.ofNullable(value.textValue());
      if (!value.isTextual()) {
        bad("expected a text as \"resultType\"");
      }
    } else {
      isError = value.asBoolean();
      if (!value.isBoolean() && !value.isNull()) {
        bad("expected true or false as \"isError\"");
      }
    }
  }

  private void keep(byte b) {
    if (keeping && hasRoom(1)) {
      kept[keptLength++] = b;
    }
  }

  private void keep(byte[] buffer, int from, int to) {
    if (keeping && hasRoom(to - from)) {
      System.arraycopy(buffer, from, kept, keptLength, to - from);
      keptLength += to - from;
    }
  }

  /** Makes room, or gives up what is too long to be of interest. */
  private boolean hasRoom(int more) {
    if (keptLength + more > MAX_KEPT) {
      keeping = false;
    } else if (keptLength + more > kept.length) {
      kept = Arrays.copyOf(kept, MAX_KEPT);
    }
    return keeping;
  }

  private void bad() {
    bad("not valid JSON");
  }

  private void bad(String reason) {
    if (state != State.BAD) {
      state = State.BAD;
      why = reason;
    }
  }
}
