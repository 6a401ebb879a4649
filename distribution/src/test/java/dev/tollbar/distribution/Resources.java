package dev.tollbar.distribution;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Documents and scripts of the tests. */
final class Resources {
  private Resources() {}

  static String text(String name) throws IOException {
    try (InputStream resource = Resources.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new FileNotFoundException(name);
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Puts one into a folder, under its name. */
  static Path copy(String name, Path folder) throws IOException {
    return Files.writeString(folder.resolve(name), text(name));
  }
}
