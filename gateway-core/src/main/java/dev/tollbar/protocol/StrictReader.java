package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.tollbar.api.MessageId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) as narrowly as it can be read, in one pass over the bytes: builds the tree
 * with exact numbers and notes where the control members lie. Written by hand because no streaming
 * parser refuses invalid UTF-8, lone surrogates and duplicate names all at once, nor says exactly
 * where a value ends.
 *
 * <p>One document, one thread.
 */
final class StrictReader {
  private static final int MAX_NUMBER = 1000;
  private static final int MAX_EXPONENT_DIGITS = 4;
  private static final int SAFE_LONG_DIGITS = 18;

  /** Bytes of a string that stand for themselves: ASCII but controls, quote and backslash. */
  private static final boolean[] PLAIN = new boolean[256];

  static {
    for (int b = 0x20; b < 0x80; b++) {
      PLAIN[b] = b != '"' && b != '\\';
    }
  }

  private final byte[] bytes;
  private final int maxDepth;
  private final Map<String, Range> ranges = new HashMap<>();
  private final List<Range> entries = new ArrayList<>();
  private int pos;
  private int depth;
  private @Nullable Fault ambiguity;
  private int ambiguityAt;
  private boolean topAmbiguous;

  StrictReader(byte[] bytes, int maxDepth) {
    this.bytes = bytes;
    this.maxDepth = maxDepth;
  }

  /**
   * Reads the whole document. Two members of one name, or a variant of a control member, are noted
   * and read over, so that the rest of the message is known when it is refused: see {@link
   * #refuseAmbiguity}.
   */
  JsonNode document(Level level) throws MalformedMessageException {
    if (peek() == 0xEF) {
      throw fault(Fault.BYTE_ORDER_MARK);
    }
    skipSpace();
    JsonNode root = value(level);
    skipSpace();
    if (pos < bytes.length) {
      throw fault(Fault.TRAILING_DATA);
    }
    return root;
  }

  /** Reads the first bytes of an array as one scalar; empty if they are none. */
  static Optional<JsonNode> scalar(byte[] bytes, int length) {
    try {
      JsonNode node = new StrictReader(Arrays.copyOf(bytes, length), 0).document(Level.FREE);
      return Optional.of(node);
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  /**
   * Throws if two parsers could read different values out of the document.
   *
   * @param id of the message, to be told to its sender unless it is ambiguous itself
   */
  void refuseAmbiguity(Optional<MessageId> id) throws MalformedMessageException {
    if (ambiguity != null) {
      throw new MalformedMessageException(
          ambiguity, ambiguityAt, topAmbiguous ? Optional.empty() : id);
    }
  }

  /** Where the control members' values lie, by path. */
  Map<String, Range> ranges() {
    return ranges;
  }

  /** Where the entries of a listing lie. */
  List<Range> entries() {
    return entries;
  }

  private JsonNode value(Level level) throws MalformedMessageException {
    return switch (peek()) {
      case '{' -> object(level);
      case '[' -> array(level);
      case '"' -> TextNode.valueOf(string());
      case 't' -> literal("true", BooleanNode.TRUE);
      case 'f' -> literal("false", BooleanNode.FALSE);
      case 'n' -> literal("null", NullNode.instance);
      default -> number();
    };
  }

  private ObjectNode object(Level level) throws MalformedMessageException {
    enter();
    boolean top = depth == 1;
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    skipSpace();
    if (peek() == '}') {
      leave();
      return object;
    }
    while (true) {
      int nameAt = pos;
      String name = name();
      JsonNode value = level == Level.FREE ? value(level) : member(level, name, nameAt, top);
      if (object.replace(name, value) != null) {
        ambiguous(Fault.DUPLICATE_MEMBER, nameAt, top);
      }
      skipSpace();
      if (peek() == '}') {
        leave();
        return object;
      }
      expect(',');
      skipSpace();
    }
  }

  /** The value of a member at a level that has control members. */
  private JsonNode member(Level level, String name, int nameAt, boolean top)
      throws MalformedMessageException {
    Level.Control control = level.control(name);
    if (control == null) {
      if (level.hasVariant(name)) {
        ambiguous(Fault.MEMBER_VARIANT, nameAt, top);
      }
      return value(Level.FREE);
    }
    int from = pos;
    JsonNode value = value(control.child());
    ranges.put(control.path(), new Range(from, pos));
    return value;
  }

  /** A member's name and colon, up to the first byte of its value. */
  private String name() throws MalformedMessageException {
    if (peek() != '"') {
      throw fault(Fault.NOT_JSON);
    }
    String name = string();
    skipSpace();
    expect(':');
    skipSpace();
    return name;
  }

  private ArrayNode array(Level level) throws MalformedMessageException {
    enter();
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    skipSpace();
    if (peek() == ']') {
      leave();
      return array;
    }
    while (true) {
      int from = pos;
      // Only the direct elements of a listing are entries.
      array.add(level.entries() && peek() == '{' ? object(level) : value(Level.FREE));
      if (level.entries()) {
        entries.add(new Range(from, pos));
      }
      skipSpace();
      if (peek() == ']') {
        leave();
        return array;
      }
      expect(',');
      skipSpace();
    }
  }

  private void enter() throws MalformedMessageException {
    if (++depth > maxDepth) {
      throw fault(Fault.TOO_DEEP);
    }
    pos++;
  }

  private void leave() {
    depth--;
    pos++;
  }

  private void ambiguous(Fault fault, int at, boolean top) {
    if (ambiguity == null) {
      ambiguity = fault;
      ambiguityAt = at;
    }
    topAmbiguous |= top;
  }

  private JsonNode literal(String text, JsonNode node) throws MalformedMessageException {
    for (int i = 0; i < text.length(); i++) {
      expect(text.charAt(i));
    }
    return node;
  }

  private JsonNode number() throws MalformedMessageException {
    int from = pos;
    if (peek() == '-') {
      pos++;
    }
    int firstDigit = pos;
    digits();
    if (bytes[firstDigit] == '0' && pos > firstDigit + 1) {
      throw faultAt(Fault.NOT_JSON, firstDigit + 1);
    }
    boolean whole = true;
    if (peek() == '.') {
      whole = false;
      pos++;
      digits();
    }
    if (peek() == 'e' || peek() == 'E') {
      whole = false;
      exponent();
    }
    if (pos - from > MAX_NUMBER) {
      throw faultAt(Fault.NUMBER_TOO_LONG, from);
    }
    String text = latin(from, pos);
    if (!whole) {
      return DecimalNode.valueOf(new BigDecimal(text));
    }
    return pos - firstDigit <= SAFE_LONG_DIGITS ? whole(Long.parseLong(text)) : big(text);
  }

  private static JsonNode whole(long value) {
    return (int) value == value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
  }

  private static JsonNode big(String text) {
    BigInteger value = new BigInteger(text);
    return value.bitLength() < Long.SIZE
        ? LongNode.valueOf(value.longValueExact())
        : BigIntegerNode.valueOf(value);
  }

  private void digits() throws MalformedMessageException {
    int from = pos;
    while (pos < bytes.length && bytes[pos] >= '0' && bytes[pos] <= '9') {
      pos++;
    }
    if (pos == from) {
      throw fault(Fault.NOT_JSON);
    }
  }

  private void exponent() throws MalformedMessageException {
    pos++;
    if (peek() == '+' || peek() == '-') {
      pos++;
    }
    int from = pos;
    digits();
    while (from < pos && bytes[from] == '0') {
      from++;
    }
    if (pos - from > MAX_EXPONENT_DIGITS) {
      // Cheap to write, dear to calculate with.
      throw faultAt(Fault.NUMBER_TOO_LONG, from);
    }
  }

  private String string() throws MalformedMessageException {
    int from = pos + 1;
    int at = from;
    while (at < bytes.length && PLAIN[bytes[at] & 0xFF]) {
      at++;
    }
    if (at < bytes.length && bytes[at] == '"') {
      pos = at + 1;
      return latin(from, at);
    }
    pos = at;
    return restOfString(new StringBuilder(at - from + 16).append(latin(from, at)));
  }

  private String restOfString(StringBuilder text) throws MalformedMessageException {
    while (true) {
      int b = peek();
      if (b == '"') {
        pos++;
        return text.toString();
      } else if (b == '\\') {
        escape(text);
      } else if (b >= 0x80) {
        text.appendCodePoint(wideCharacter(b));
      } else if (b >= 0x20) {
        text.append((char) b);
        pos++;
      } else {
        throw fault(Fault.NOT_JSON);
      }
    }
  }

  private void escape(StringBuilder text) throws MalformedMessageException {
    pos++;
    int b = peek();
    switch (b) {
      case '"', '\\', '/' -> text.append((char) b);
      case 'b' -> text.append('\b');
      case 'f' -> text.append('\f');
      case 'n' -> text.append('\n');
      case 'r' -> text.append('\r');
      case 't' -> text.append('\t');
      case 'u' -> {
        unicodeEscape(text);
        return;
      }
      default -> throw fault(Fault.NOT_JSON);
    }
    pos++;
  }

  private void unicodeEscape(StringBuilder text) throws MalformedMessageException {
    int at = pos - 1;
    char first = hex();
    text.append(first);
    if (!Character.isSurrogate(first)) {
      return;
    }
    if (Character.isLowSurrogate(first) || peek() != '\\') {
      throw faultAt(Fault.LONE_SURROGATE, at);
    }
    pos++;
    if (peek() != 'u') {
      throw faultAt(Fault.LONE_SURROGATE, at);
    }
    char second = hex();
    if (!Character.isLowSurrogate(second)) {
      throw faultAt(Fault.LONE_SURROGATE, at);
    }
    text.append(second);
  }

  /** The four digits after the u that is read next. */
  private char hex() throws MalformedMessageException {
    pos++;
    int value = 0;
    for (int i = 0; i < 4; i++, pos++) {
      int b = peek();
      int digit = b < 0x80 ? Character.digit(b, 16) : -1;
      if (digit < 0) {
        throw fault(Fault.NOT_JSON);
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  /** A character of two to four bytes. Source: Unicode Standard, table 3-7. */
  private int wideCharacter(int lead) throws MalformedMessageException {
    int at = pos++;
    if (lead >= 0xC2 && lead <= 0xDF) {
      return (lead & 0x1F) << 6 | continuation(at, 0x80, 0xBF);
    }
    if (lead >= 0xE0 && lead <= 0xEF) {
      int second = continuation(at, lead == 0xE0 ? 0xA0 : 0x80, lead == 0xED ? 0x9F : 0xBF);
      return (lead & 0x0F) << 12 | second << 6 | continuation(at, 0x80, 0xBF);
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
      int second = continuation(at, lead == 0xF0 ? 0x90 : 0x80, lead == 0xF4 ? 0x8F : 0xBF);
      int third = continuation(at, 0x80, 0xBF);
      return (lead & 0x07) << 18 | second << 12 | third << 6 | continuation(at, 0x80, 0xBF);
    }
    throw faultAt(Fault.NOT_UTF8, at);
  }

  private int continuation(int at, int least, int most) throws MalformedMessageException {
    int b = peek();
    if (b < least || b > most) {
      throw faultAt(Fault.NOT_UTF8, at);
    }
    pos++;
    return b & 0x3F;
  }

  private String latin(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private void skipSpace() {
    while (pos < bytes.length) {
      byte b = bytes[pos];
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return;
      }
      pos++;
    }
  }

  /** The next byte, or -1 at the end. */
  private int peek() {
    return pos < bytes.length ? bytes[pos] & 0xFF : -1;
  }

  private void expect(char wanted) throws MalformedMessageException {
    if (peek() != wanted) {
      throw fault(Fault.NOT_JSON);
    }
    pos++;
  }

  private MalformedMessageException fault(Fault fault) {
    return faultAt(fault, pos);
  }

  private static MalformedMessageException faultAt(Fault fault, int at) {
    return new MalformedMessageException(fault, at, Optional.empty());
  }
}
