package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(Fixtures.class)
class ArchiveLayoutIT {

  @Test
  void holdsTheFoldersThatTheDocumentationNames(Archive archive) throws IOException {
    assertThat(archive.files("."))
        .containsExactly(
            "CHANGELOG.md",
            "LICENSE",
            "README.md",
            "bin",
            "conf",
            "docs",
            "examples",
            "lib",
            "maven",
            "plugins",
            "policies",
            "scripts");
    assertThat(archive.files("bin")).containsExactly("tollbar", "tollbar.bat");
    assertThat(archive.files("conf")).containsExactly("gateway.yaml", "logback.xml");
    assertThat(archive.files("policies")).contains("close-session.json", "demo.yaml");
    assertThat(archive.files("examples")).contains("clients", "editors", "tight-policy");
    assertThat(archive.home().resolve("bin/tollbar")).isExecutable();
  }

  @Test
  void holdsTheSevenBundledPluginsEachWithItsIndexAndVersionRange(Archive archive)
      throws IOException {
    List<String> plugins = archive.files("plugins");

    assertThat(plugins)
        .containsExactly(
            jar("rule-approval"),
            jar("rule-conditions"),
            jar("rule-deny"),
            jar("rule-limits"),
            jar("rule-script"),
            jar("transport-stdio"),
            jar("transport-streamable-http"));
    for (String plugin : plugins) {
      try (JarFile jar = new JarFile(archive.home().resolve("plugins/" + plugin).toFile())) {
        assertThat(jar.getEntry("META-INF/extensions.idx")).as(plugin).isNotNull();
        assertThat(jar.getManifest().getMainAttributes().getValue("Plugin-Requires"))
            .as(plugin)
            .matches(">=\\S+ & <\\S+");
      }
    }
  }

  @Test
  void keepsPluginsAndTestLibrariesOffTheClassPath(Archive archive) throws IOException {
    assertThat(archive.files("lib"))
        .contains(jar("gateway-core"), "find-jdk.sh", "bundled-plugins.sha256")
        .anyMatch(name -> name.startsWith("plugin-api-"))
        .anyMatch(name -> name.startsWith("js-language-"))
        .anyMatch(name -> name.startsWith("polyglot-"))
        .allMatch(name -> name.matches(".*\\.jar|find-jdk\\.sh|bundled-plugins\\.sha256"))
        .noneMatch(name -> name.matches("(rule|transport|live2d|mcp|junit|assertj|reactor)-.*"));
  }

  @Test
  void holdsOneVersionOfEachLibrary(Archive archive) throws IOException {
    List<String> names =
        archive.files("lib").stream().map(name -> name.replaceFirst("-\\d.*", "")).toList();

    assertThat(names).doesNotHaveDuplicates();
  }

  @Test
  void holdsTheDemoServerWithItsLibraries(Archive archive) throws IOException {
    Path server = archive.home().resolve("examples/live2d-server");
    try (JarFile jar = new JarFile(server.resolve("live2d-server.jar").toFile())) {
      String classPath = jar.getManifest().getMainAttributes().getValue("Class-Path");
      assertThat(classPath.split(" "))
          .isNotEmpty()
          .allSatisfy(library -> assertThat(server.resolve(library)).exists());
    }
  }

  @Test
  void zipAndTarHoldTheSameFiles(Archive archive) throws IOException {
    Path folder = archive.home().resolveSibling("");
    Set<String> unpacked;
    try (var files = Files.walk(archive.home())) {
      unpacked =
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .collect(Collectors.toCollection(TreeSet::new));
    }
    try (ZipFile zip = new ZipFile(Archive.packed("zip").toFile())) {
      assertThat(zip.stream().filter(entry -> !entry.isDirectory()).map(entry -> entry.getName()))
          .containsExactlyInAnyOrderElementsOf(unpacked);
    }
  }

  @Test
  void knowsItsPluginsByTheirContent(Archive archive) throws Exception {
    List<String> digests = new ArrayList<>();
    for (String plugin : archive.files("plugins")) {
      byte[] jar = Files.readAllBytes(archive.home().resolve("plugins").resolve(plugin));
      String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(jar));
      digests.add(digest + "  " + plugin);
    }

    assertThat(Files.readAllLines(archive.home().resolve("lib/bundled-plugins.sha256")))
        .containsExactlyInAnyOrderElementsOf(digests);
  }

  @Test
  void holdsARepositoryOfWhatPluginsAreBuiltAgainst(Archive archive) throws IOException {
    Path repository = archive.home().resolve("maven/dev/tollbar");
    assertThat(archive.files("maven/dev/tollbar"))
        .containsExactly("gateway-core", "plugin-api", "testkit", "tollbar");
    for (String artifact : List.of("gateway-core", "testkit")) {
      Path folder = repository.resolve(artifact).resolve(Archive.version());
      assertThat(folder.resolve(jar(artifact))).isNotEmptyFile();
      assertThat(folder.resolve(jar(artifact).replace(".jar", ".pom"))).isNotEmptyFile();
    }
    assertThat(repository.resolve("gateway-core/" + Archive.version() + "/" + jar("gateway-core")))
        .hasSameBinaryContentAs(archive.home().resolve("lib").resolve(jar("gateway-core")));
    assertThat(archive.files("examples/plugins/phone-region"))
        .containsExactly("README.md", "pom.xml", "src");
  }

  private static String jar(String artifact) {
    return artifact + "-" + Archive.version() + ".jar";
  }
}
