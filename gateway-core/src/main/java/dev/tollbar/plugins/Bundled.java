package dev.tollbar.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The plugins that came with this gateway, by their content: what a jar calls itself, and where it
 * lies, says nothing about whose it is.
 *
 * @param sha256 of each jar, in lower-case hex
 */
public record Bundled(Set<String> sha256) {
  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64}) .*");

  /** None: every plugin is somebody else's. */
  public static final Bundled NONE = new Bundled(Set.of());

  public Bundled {
    sha256 = Set.copyOf(sha256);
  }

  /** Those of a list that the build wrote, in the form of {@code sha256sum}; none without it. */
  public static Bundled read(Path list) {
    try {
      return new Bundled(
          Files.readAllLines(list).stream()
              .map(LINE::matcher)
              .filter(line -> line.matches())
              .map(line -> line.group(1))
              .collect(Collectors.toSet()));
    } catch (NoSuchFileException e) {
      return NONE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether code is of a plugin that came with the gateway. */
  public static boolean isCode(Object code) {
    return code.getClass().getClassLoader() instanceof SealedClassLoader plugin && plugin.bundled();
  }

  boolean has(String digest) {
    return sha256.contains(digest);
  }
}
