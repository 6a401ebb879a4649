package dev.tollbar.protocol;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A revision of the protocol, oldest first. What differs between them is said here. */
public enum Revision {
  /** HTTP+SSE; what is said in it is the same as later. */
  V2024_11_05("2024-11-05"),
  V2025_03_26("2025-03-26"),
  V2025_06_18("2025-06-18"),
  V2025_11_25("2025-11-25"),
  /** Without handshake and session: every request stands alone. */
  V2026_07_28("2026-07-28");

  private static final List<Revision> SERVED =
      Arrays.stream(values()).filter(Revision::isServed).toList();

  // Looked up on every call.
  private static final List<Revision> MODERN = SERVED.stream().filter(Revision::isModern).toList();
  private static final Revision NEWEST_LEGACY =
      SERVED.stream().filter(revision -> !revision.isModern()).toList().getLast();

  private final String text;

  Revision(String text) {
    this.text = text;
  }

  /** The revision of that date, whether it is served or not. */
  public static Optional<Revision> of(String text) {
    for (Revision revision : values()) {
      if (revision.text.equals(text)) {
        return Optional.of(revision);
      }
    }
    return Optional.empty();
  }

  /** The revisions that clients may speak, oldest first. */
  public static List<Revision> served() {
    return SERVED;
  }

  /** The newest with a handshake: offered to a client that asks for one that is not served. */
  public static Revision newestLegacy() {
    return NEWEST_LEGACY;
  }

  /** Those without a handshake, of which every request names its own. */
  public static List<Revision> modern() {
    return MODERN;
  }

  /** Whether requests stand alone: no handshake, no session, no requests of the server. */
  public boolean isModern() {
    return isSince(V2026_07_28);
  }

  /** What a request without {@code MCP-Protocol-Version} speaks if nothing else is known. */
  public static Revision assumed() {
    return V2025_03_26;
  }

  /** Its date, as it is written in messages and headers. */
  public String text() {
    return text;
  }

  public boolean isServed() {
    return isSince(V2024_11_05);
  }

  /** Whether a client may send several messages as one array. */
  public boolean hasBatches() {
    return !isSince(V2025_06_18);
  }

  /** Whether requests after {@code initialize} must name the revision in a header. */
  public boolean needsVersionHeader() {
    return isSince(V2025_06_18);
  }

  /** Whether an SSE stream may be closed early and polled: priming event, {@code retry}. */
  public boolean hasSsePolling() {
    return isSince(V2025_11_25);
  }

  public boolean isSince(Revision first) {
    return compareTo(first) >= 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
