package dev.tollbar.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a jar says of itself, read without running any of it.
 *
 * @param problems what is wrong, one line each; empty if the plugin may be loaded
 * @param warnings what is wrong but does no harm
 */
record PluginManifest(
    Optional<String> id,
    Optional<String> version,
    Optional<String> provider,
    Optional<String> requires,
    List<String> problems,
    List<String> warnings) {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
  private static final String RANGE =
      "expected a range of plugin API versions such as \">=1.0.0 & <2.0.0\"";

  static PluginManifest read(Path jar, PluginApi api) throws IOException, Refusal {
    if (Files.size(jar) == 0) {
      throw new Refusal("the file is empty; copy it again");
    }
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = manifest(file);
      if (manifest == null) {
        throw new Refusal(
            "META-INF/MANIFEST.MF is missing; expected one with Plugin-Id, Plugin-Version and"
                + " Plugin-Requires");
      }
      return of(manifest.getMainAttributes(), carriesApi(file), api);
    } catch (IOException e) {
      throw new Refusal("it is no jar, or only a part of one; copy it again", e);
    }
  }

  private static @Nullable Manifest manifest(JarFile file) throws Refusal {
    try {
      return file.getManifest();
    } catch (IOException e) {
      throw new Refusal("META-INF/MANIFEST.MF cannot be read; build or copy the jar again", e);
    }
  }

  /** The same with another warning. */
  PluginManifest warned(String warning) {
    List<String> all = new ArrayList<>(warnings);
    all.add(warning);
    return new PluginManifest(id, version, provider, requires, problems, List.copyOf(all));
  }

  /** {@code id@version}; only of a manifest without problems. */
  String plugin() {
    return id.orElseThrow() + "@" + version.orElseThrow();
  }

  /** Of a jar that nothing is known of. */
  static PluginManifest unread() {
    return new PluginManifest(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of());
  }

  private static PluginManifest of(Attributes manifest, boolean carriesApi, PluginApi api) {
    Optional<String> id = value(manifest, "Plugin-Id");
    Optional<String> version = value(manifest, "Plugin-Version");
    Optional<String> requires = value(manifest, "Plugin-Requires");
    List<String> problems = new ArrayList<>();
    idProblem(id).ifPresent(problems::add);
    versionProblem(version).ifPresent(problems::add);
    requiresProblem(requires, api).ifPresent(problems::add);
    value(manifest, "Plugin-Dependencies")
        .map(found ->
            "Plugin-Dependencies: expected none, since every plugin stands alone; found "
                + Quoted.text(found)
                + "; put what it needs into its own jar")
        .ifPresent(problems::add);
    value(manifest, "Class-Path")
        .map(found ->
            "Class-Path: expected none, since no other file is seen; found "
                + Quoted.text(found)
                + "; put the libraries into the jar")
        .ifPresent(problems::add);
    List<String> warnings =
        carriesApi
            ? List.of(
                "it carries a copy of dev.tollbar.api, which is not used; give plugin-api the scope"
                    + " \"provided\" in its build")
            : List.of();
    return new PluginManifest(
        id, version, value(manifest, "Plugin-Provider"), requires, List.copyOf(problems), warnings);
  }

  private static Optional<String> value(Attributes manifest, String name) {
    return Optional.ofNullable(manifest.getValue(name))
        .map(String::strip)
        .filter(v -> !v.isEmpty());
  }

  private static Optional<String> idProblem(Optional<String> id) {
    if (id.isEmpty()) {
      return Optional.of("Plugin-Id is missing in META-INF/MANIFEST.MF");
    }
    return ID.matcher(id.get()).matches()
        ? Optional.empty()
        : Optional.of(
            "Plugin-Id: expected letters, digits, \".\", \"-\" and \"_\"; found "
                + Quoted.text(id.get()));
  }

  private static Optional<String> versionProblem(Optional<String> version) {
    String expected = "expected a semantic version such as \"1.0.0\"";
    if (version.isEmpty()) {
      return Optional.of("Plugin-Version is missing in META-INF/MANIFEST.MF; " + expected);
    }
    return PluginApi.isSemantic(version.get())
        ? Optional.empty()
        : Optional.of("Plugin-Version: " + expected + "; found " + Quoted.text(version.get()));
  }

  private static Optional<String> requiresProblem(Optional<String> requires, PluginApi api) {
    if (requires.isEmpty()) {
      return Optional.of("Plugin-Requires is missing in META-INF/MANIFEST.MF; " + RANGE);
    }
    String range = requires.get();
    if (PluginApi.isBareVersion(range) || !api.isRange(range)) {
      return Optional.of("Plugin-Requires: " + RANGE + "; found " + Quoted.text(range));
    }
    return api.isWithin(range)
        ? Optional.empty()
        : Optional.of(
            "it requires plugin API "
                + Quoted.text(range)
                + " and this gateway has "
                + api.version()
                + "; use a version of the plugin that is built for this API");
  }

  private static boolean carriesApi(JarFile file) {
    return file.stream().anyMatch(entry -> entry.getName().startsWith("dev/tollbar/api/"));
  }
}
