package dev.tollbar.aggregate;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What tools and prompts are called where there are many servers: {@code server__tool}. The first
 * {@code __} ends the server's name, so this form is taken apart without knowing anything, and
 * means the same whichever servers come and go. A name that it does not fit gets a short form
 * without any {@code __}, which ends in a digest of both names: too long, with characters that
 * clients refuse, or of a server whose own name would end too early. Short forms are looked up
 * among those that were given out. The two forms cannot meet.
 *
 * <p>Safe for use by many threads.
 */
final class Names {
  static final int LONGEST = 64;
  private static final String BETWEEN = "__";
  private static final int MOST_SHORT = 20_000;
  private static final int DIGEST = 16;
  private static final Pattern FITS = Pattern.compile("[A-Za-z0-9_.-]{1," + LONGEST + "}");
  private static final Pattern ODD = Pattern.compile("[^A-Za-z0-9.-]+");
  private static final String DIGITS = "abcdefghijklmnopqrstuvwxyz234567";

  private final Map<String, Owned> shortened = new LinkedHashMap<>();

  /** What clients call it. */
  String of(String server, String name) {
    String full = server + BETWEEN + name;
    boolean ends = !server.contains(BETWEEN) && !server.endsWith("_");
    if (ends && !name.isEmpty() && FITS.matcher(full).matches()) {
      return full;
    }
    String shown = shortForm(server, name);
    synchronized (shortened) {
      shortened.put(shown, new Owned(server, name));
      if (shortened.size() > MOST_SHORT) {
        shortened.remove(shortened.keySet().iterator().next());
      }
    }
    return shown;
  }

  /** What a client means; empty for a short form that was not given out. */
  Optional<Owned> find(String shown) {
    int end = shown.indexOf(BETWEEN);
    if (end > 0) {
      String name = shown.substring(end + BETWEEN.length());
      return name.isEmpty()
          ? Optional.empty()
          : Optional.of(new Owned(shown.substring(0, end), name));
    }
    synchronized (shortened) {
      return Optional.ofNullable(shortened.get(shown));
    }
  }

  private static String shortForm(String server, String name) {
    String readable = ODD.matcher(server + "_" + name).replaceAll("_");
    int most = LONGEST - DIGEST - 1;
    return readable.substring(0, Math.min(most, readable.length())) + "-" + digest(server, name);
  }

  /** 80 bits in letters and digits: enough that no server finds a name that meets another's. */
  private static String digest(String server, String name) {
    byte[] hash = sha256((server + "\0" + name).getBytes(StandardCharsets.UTF_8));
    StringBuilder text = new StringBuilder(DIGEST);
    for (int i = 0; i < DIGEST; i++) {
      int bit = i * 5;
      int two = (hash[bit / 8] & 0xFF) << 8 | (hash[bit / 8 + 1] & 0xFF);
      text.append(DIGITS.charAt((two >> (11 - bit % 8)) & 0x1F));
    }
    return text.toString();
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
