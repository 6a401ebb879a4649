package dev.tollbar.bootstrap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The files of a Maven module that a plugin's author begins with.
 *
 * @param name of the plugin, such as {@code my-rule}
 * @param inPackage the Java package
 * @param home the folder that Tollbar is unpacked in, which has what the module is built against
 */
record NewPlugin(String name, String inPackage, Path home) {

  /** Apache's own script, which fetches Maven where there is none. */
  private static final String MAVEN = "mvnw";

  /** The rule kind's name. */
  String kind() {
    return name.replace('-', '_');
  }

  /** The kind's source file, in the module. */
  String source() {
    return java("main", type() + "Kind");
  }

  private String type() {
    return Arrays.stream(name.split("-", -1))
        .map(word -> Character.toUpperCase(word.charAt(0)) + word.substring(1))
        .collect(Collectors.joining());
  }

  private String java(String tree, String type) {
    return "src/" + tree + "/java/" + inPackage.replace('.', '/') + "/" + type + ".java";
  }

  /** Writes the module into a folder, which is made if it is not there. */
  void write(Path folder) throws IOException {
    String test = "src/test/";
    Map<String, String> files =
        Map.ofEntries(
            Map.entry("pom.xml", "pom.xml"),
            Map.entry("README.md", "README.md"),
            Map.entry(".gitignore", "gitignore"),
            Map.entry(MAVEN, "mvnw"),
            Map.entry(MAVEN + ".cmd", "mvnw.cmd"),
            Map.entry(".mvn/wrapper/maven-wrapper.properties", "maven-wrapper.properties"),
            Map.entry(source(), "Kind.java"),
            Map.entry(java("test", type() + "KindTest"), "KindTest.java"),
            Map.entry(java("test", "ScenariosIT"), "ScenariosIT.java"),
            Map.entry(test + "resources/scenarios/notes.yaml", "notes.yaml"),
            Map.entry(test + "resources/scenarios/notes.scenario.yaml", "notes.scenario.yaml"),
            Map.entry(test + "resources/logback-test.xml", "logback-test.xml"));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.toAbsolutePath().resolveSibling(""));
      Files.writeString(path, filled(template(file.getValue()), home(file.getValue())));
    }
    // Where files have no such bit, the other script is run.
    if (!folder.resolve(MAVEN).toFile().setExecutable(true, false)) {
      throw new IOException(folder.resolve(MAVEN) + " cannot be made executable");
    }
  }

  /** With slashes also where folders are written otherwise: in the pom it becomes part of a URL. */
  private String home(String file) {
    String path = home.toString().replace('\\', '/');
    return file.endsWith(".xml") ? path.replace("&", "&amp;").replace("<", "&lt;") : path;
  }

  private String filled(String template, String folder) {
    Map<String, String> values =
        Map.of(
            "name", name,
            "kind", kind(),
            "type", type(),
            "package", inPackage,
            "home", folder,
            "version", Build.version(),
            "api", Build.fact("plugin-api"),
            "next-major", Build.fact("plugin-api.next-major"),
            "junit", Build.fact("junit"));
    String text = template;
    for (Map.Entry<String, String> value : values.entrySet()) {
      text = text.replace("{{" + value.getKey() + "}}", value.getValue());
    }
    return text;
  }

  private static String template(String name) throws IOException {
    try (InputStream in = NewPlugin.class.getResourceAsStream("plugin/" + name)) {
      if (in == null) {
        throw new IllegalStateException("plugin/" + name + " is missing from this build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
