package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.Splice;
import java.io.IOException;
import java.util.Optional;

/** {@code initialize}: which revision client and server speak (MCP 2025-11-25, basic/lifecycle). */
public final class Handshake {
  private static final ObjectMapper JSON = JsonText.mapper();

  private Handshake() {}

  /** The revision that the gateway asks the server for: the client's own, or else its newest. */
  public static Revision offeredRevision(Message initialize) {
    return initialize
        .text("protocolVersion")
        .flatMap(Revision::of)
        .filter(revision -> revision.isServed() && !revision.isModern())
        .orElseGet(Revision::newestLegacy);
  }

  /** The message as the server gets it: as received, if the gateway serves what the client asks. */
  public static byte[] request(Message initialize) {
    Optional<Range> asked = initialize.range("params.protocolVersion");
    String offered = offeredRevision(initialize).text();
    if (asked.isEmpty() || initialize.text("protocolVersion").equals(Optional.of(offered))) {
      return initialize.bytes();
    }
    return new Splice(initialize.bytes()).putText(asked.get(), offered).bytes();
  }

  /**
   * The revision that the server chose.
   *
   * @param response with a result
   * @throws IOException when the gateway does not know it
   */
  public static Revision agreedRevision(byte[] response) throws IOException {
    JsonNode chosen = JSON.readTree(response).path("result").path("protocolVersion");
    return Optional.ofNullable(chosen.textValue())
        .flatMap(Revision::of)
        .orElseThrow(
            () -> new IOException("the server chose a protocol revision that is not known here"));
  }
}
