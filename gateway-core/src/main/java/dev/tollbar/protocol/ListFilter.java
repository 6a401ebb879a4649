package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one page of a server's list, and the same page with fewer of them: whole entries
 * are dropped, every other byte stays. Immutable; the entries are shared and must not be changed.
 */
public final class ListFilter {
  private static final int MAX_DEPTH = 256;

  private final byte[] bytes;
  private final Listing listing;
  private final List<JsonNode> entries;
  private final List<Range> ranges;
  private final Optional<String> nextCursor;

  private ListFilter(
      byte[] bytes,
      Listing listing,
      List<JsonNode> entries,
      List<Range> ranges,
      Optional<String> nextCursor) {
    this.bytes = bytes;
    this.listing = listing;
    this.entries = entries;
    this.ranges = ranges;
    this.nextCursor = nextCursor;
  }

  /**
   * Reads the reply to a list request, or a message that came before it on the same stream. An
   * error reply, a notification or a request of the server has no entries.
   *
   * @param bytes one whole message
   * @throws MalformedListException if it is none, or if its list could be read in two ways
   */
  public static ListFilter read(byte[] bytes, Listing listing) throws MalformedListException {
    StrictReader reader = new StrictReader(bytes, MAX_DEPTH);
    JsonNode root = document(reader, listing);
    int shapes =
        (root.has("result") ? 1 : 0) + (root.has("error") ? 1 : 0) + (root.has("method") ? 1 : 0);
    if (!(root instanceof ObjectNode) || shapes != 1) {
      throw malformed("it must be an object with either a result or an error");
    }
    if (!root.has("result")) {
      return new ListFilter(bytes, listing, List.of(), List.of(), Optional.empty());
    }
    JsonNode result = root.path("result");
    if (!(result.get(listing.member()) instanceof ArrayNode list)) {
      throw malformed("expected an array \"" + listing.member() + "\" in its result");
    }
    List<JsonNode> entries = new ArrayList<>(list.size());
    for (JsonNode entry : list) {
      if (!entry.path(listing.key()).isTextual()) {
        throw malformed("expected a string \"" + listing.key() + "\" in every entry");
      }
      entries.add(entry);
    }
    Optional<String> cursor = Optional.ofNullable(result.path("nextCursor").textValue());
    return new ListFilter(bytes, listing, List.copyOf(entries), reader.entries(), cursor);
  }

  private static JsonNode document(StrictReader reader, Listing listing)
      throws MalformedListException {
    try {
      JsonNode root = reader.document(listing.level());
      reader.refuseAmbiguity(Optional.empty());
      return root;
    } catch (MalformedMessageException e) {
      throw malformed(e.getMessage());
    }
  }

  private static MalformedListException malformed(@Nullable String why) {
    return new MalformedListException("The server's list cannot be read: " + why);
  }

  /** The entries in the server's order, numbers exact. */
  public List<JsonNode> entries() {
    return entries;
  }

  /** Where the next page begins. */
  public Optional<String> nextCursor() {
    return nextCursor;
  }

  /** An entry by its place, with its own bytes. */
  public ListEntry entry(int place) {
    Range range = ranges.get(place);
    return new ListEntry(
        Arrays.copyOfRange(bytes, range.from(), range.to()), entries.get(place), listing);
  }

  /** The message with only those entries; the same array if none is dropped. */
  public byte[] keep(Predicate<JsonNode> wanted) {
    BitSet kept = new BitSet(ranges.size());
    for (int i = 0; i < ranges.size(); i++) {
      kept.set(i, wanted.test(entries.get(i)));
    }
    return kept.cardinality() == ranges.size() ? bytes : only(kept);
  }

  private byte[] only(BitSet kept) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length);
    out.write(bytes, 0, ranges.getFirst().from());
    int first = kept.nextSetBit(0);
    for (int i = first; i >= 0; i = kept.nextSetBit(i + 1)) {
      // Each but the first keeps the comma and white space that stood before it.
      int from = i == first ? ranges.get(i).from() : ranges.get(i - 1).to();
      out.write(bytes, from, ranges.get(i).to() - from);
    }
    int rest = ranges.getLast().to();
    out.write(bytes, rest, bytes.length - rest);
    return out.toByteArray();
  }
}
