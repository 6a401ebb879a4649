package dev.tollbar.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** What the build wrote about itself. */
final class Build {
  private Build() {}

  static String version() {
    return fact("version");
  }

  /** What build.properties has under a name. */
  static String fact(String name) {
    try (InputStream resource = Build.class.getResourceAsStream("build.properties")) {
      if (resource == null) {
        throw new IllegalStateException("build.properties is missing from this build");
      }
      Properties properties = new Properties();
      properties.load(resource);
      return properties.getProperty(name, "unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
