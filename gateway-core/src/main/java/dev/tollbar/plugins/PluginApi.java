package dev.tollbar.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.regex.Pattern;
import org.pf4j.DefaultVersionManager;

/**
 * The plugin API that this gateway speaks, as far as versions go.
 *
 * @param version its semantic version
 */
record PluginApi(String version) {
  /** As semver.org defines it; PF4J itself takes {@code 1.0} and worse. */
  private static final Pattern SEMANTIC =
      Pattern.compile(
          "(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
              + "(-(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
              + "(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?");

  /** PF4J reads a bare 1.2.0 as "1.2.0 or any later one", which nobody who writes it means. */
  private static final Pattern NO_RANGE = Pattern.compile("[=v\\s]*\\d+(\\.\\d+)*([-+].*)?|[*xX]");

  PluginApi {
    if (!isSemantic(version)) {
      throw new IllegalArgumentException(
          "the plugin API's version is not semantic: " + Quoted.text(version));
    }
  }

  /** The version that the build wrote into this program. */
  static PluginApi ofThisBuild() {
    Properties properties = new Properties();
    try (InputStream in = PluginApi.class.getResourceAsStream("api.properties")) {
      if (in == null) {
        throw new IllegalStateException("api.properties is missing from this program");
      }
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new PluginApi(properties.getProperty("version", ""));
  }

  static boolean isSemantic(String version) {
    return SEMANTIC.matcher(version).matches();
  }

  static boolean isBareVersion(String range) {
    return NO_RANGE.matcher(range).matches();
  }

  /** As {@link java.util.Comparator}, by semantic versioning. */
  int compare(String version, String other) {
    return new DefaultVersionManager().compareVersions(version, other);
  }

  /** Whether the text is a version range at all. */
  boolean isRange(String range) {
    try {
      isWithin(range);
      return true;
    } catch (RuntimeException e) { // whatever the parser of ranges throws at a text that is none
      return false;
    }
  }

  boolean isWithin(String range) {
    return new DefaultVersionManager().checkVersionConstraint(version, range);
  }
}
