package dev.tollbar.legacy;

import dev.tollbar.keys.KeyLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The keys of a file: the first one seals, all of them open. */
final class SealKeys {
  private static final String HEAD =
      """
      # Session ids are sealed with the first of these keys; every one of them opens those that it has sealed.
      # A key is 32 random bytes in Base64. Who has this file can make session ids: keep it secret.
      """;

  private final List<SealKey> keys;

  private SealKeys(List<SealKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /** Reads the file, or makes it: see {@link KeyLines#open}. */
  static SealKeys open(Path file, RandomGenerator random) throws IOException {
    return new SealKeys(KeyLines.open(file, HEAD, random).stream().map(SealKey::of).toList());
  }

  SealKey first() {
    return keys.getFirst();
  }

  /** The key whose id stands there. */
  Optional<SealKey> find(byte[] bytes, int from) {
    return keys.stream().filter(key -> key.isNamed(bytes, from)).findFirst();
  }
}
