package dev.tollbar.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of a server's list, as it arrived. Immutable; bytes and tree are shared and must not be
 * changed.
 */
public final class ListEntry {
  private static final int MAX_DEPTH = 256;

  private final byte[] bytes;
  private final JsonNode tree;
  private final Listing listing;

  ListEntry(byte[] bytes, JsonNode tree, Listing listing) {
    this.bytes = bytes;
    this.tree = tree;
    this.listing = listing;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** What it is called: the member that tells entries of its list apart. */
  public String key() {
    return tree.path(listing.key()).asText();
  }

  /** The resource that shows the tool's results (MCP Apps, {@code _meta.ui.resourceUri}). */
  public Optional<String> appResource() {
    JsonNode meta = tree.path("_meta");
    String nested = meta.path("ui").path("resourceUri").textValue();
    return Optional.ofNullable(nested == null ? meta.path("ui/resourceUri").textValue() : nested);
  }

  /** The entry by another name and with another resource; every other byte stays. */
  public byte[] as(String key, Optional<String> appResource) {
    boolean sameKey = key.equals(key());
    boolean sameApp = appResource.equals(appResource());
    if (sameKey && sameApp) {
      return bytes;
    }
    Map<String, Range> ranges = ranges();
    Splice splice = new Splice(bytes);
    if (!sameKey) {
      splice.putText(range(ranges, listing.key()).orElseThrow(), key);
    }
    if (!sameApp && appResource.isPresent()) {
      String uri = appResource.get();
      range(ranges, "_meta.ui.resourceUri").ifPresent(range -> splice.putText(range, uri));
      range(ranges, "_meta.ui/resourceUri").ifPresent(range -> splice.putText(range, uri));
    }
    return splice.bytes();
  }

  private Map<String, Range> ranges() {
    StrictReader reader = new StrictReader(bytes, MAX_DEPTH);
    try {
      JsonNode _ = reader.document(listing.entryLevel());
      return reader.ranges();
    } catch (MalformedMessageException e) {
      throw new IllegalStateException("an entry that was read before cannot be read", e);
    }
  }

  private static Optional<Range> range(Map<String, Range> ranges, String path) {
    return Optional.ofNullable(ranges.get(path));
  }
}
