package dev.tollbar.protocol;

import java.io.IOException;
import java.util.Optional;

/**
 * What a result says of how long, and for whom, it may be kept. Source: MCP 2026-07-28,
 * server/utilities/caching.
 */
public final class CacheHints {
  private static final String PRIVATE = "private";

  private CacheHints() {}

  /** What a complete result says that is made for one client, as members of a JSON object. */
  public static String members(long ttlMs) {
    return "\"resultType\":\"complete\",\"ttlMs\":" + ttlMs + ",\"cacheScope\":\"private\"";
  }

  /**
   * The response as one that must not be kept for other clients: what they may see is for the
   * policy to say.
   *
   * @throws IOException when it can be read in two ways
   */
  public static byte[] keepPrivate(byte[] response) throws IOException {
    Message message = read(response);
    Optional<Range> scope = message.range("result.cacheScope");
    boolean fits =
        message.result().map(it -> it.path("cacheScope").asText("")).orElse("").equals(PRIVATE);
    return scope.isEmpty() || fits
        ? response
        : new Splice(response).putText(scope.get(), PRIVATE).bytes();
  }

  /** The answer to {@code server/discover}, naming the revisions that the gateway serves. */
  public static byte[] discovered(byte[] response) throws IOException {
    Message message = read(response);
    Splice splice = new Splice(response);
    message
        .range("result.supportedVersions")
        .ifPresent(range -> splice.put(range, ModernRequest.served()));
    message.range("result.cacheScope").ifPresent(range -> splice.putText(range, PRIVATE));
    return splice.bytes();
  }

  private static Message read(byte[] response) throws IOException {
    try {
      return StrictParser.parseServer(response);
    } catch (MalformedMessageException e) {
      throw new IOException(e.getMessage(), e);
    }
  }
}
