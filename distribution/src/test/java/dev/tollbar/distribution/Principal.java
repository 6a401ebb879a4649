package dev.tollbar.distribution;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Somebody with a grant of their own. */
record Principal(String name) {
  String token() {
    return "token-of-" + name + "-in-the-tests";
  }

  /** What each of their requests says. */
  Map<String, String> headers() {
    return Map.of("Authorization", "Bearer " + token());
  }

  /** Their entry in the {@code grants} of a document, for some servers under one policy. */
  String grant(List<String> servers, String policy) {
    String all =
        servers.stream()
            .map(server -> server + ": " + policy)
            .collect(Collectors.joining(", ", "{ ", " }"));
    return "  %s:\n    token: { sha256: \"%s\" }\n    servers: %s\n".formatted(name, sha256(), all);
  }

  String sha256() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(token().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
