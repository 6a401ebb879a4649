package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code plugins.lock} lets in. Jars are signed by the JDK's own tools. */
class PluginLockTest {
  private static final String PASSWORD = "changeit";

  /** Makes keys in a process of its own: the JDK has no other way to. */
  @TempDir private static Path keys;

  @TempDir private Path plugins;
  @TempDir private Path copies;
  private Path jar = Path.of("");

  private final PluginLoader loader =
      new PluginLoader(new PluginApi("1.4.0"), Duration.ofSeconds(30));

  @BeforeAll
  static void makeKeys() throws IOException, InterruptedException {
    for (String name : List.of("acme", "mallory")) {
      run(
          "keytool",
          List.of("-genkeypair", "-alias", name, "-dname", "CN=" + name, "-keyalg", "EC"));
    }
  }

  private static void run(String tool, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> words =
        new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
    words.addAll(arguments);
    words.addAll(List.of("-keystore", keys.resolve("keys.p12").toString()));
    words.addAll(List.of("-storepass", PASSWORD));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  private static void sign(Path jar, String by) throws IOException, InterruptedException {
    run("jarsigner", List.of(jar.toString(), by));
  }

  private static String fingerprint(String name) throws Exception {
    var store = KeyStore.getInstance(keys.resolve("keys.p12").toFile(), PASSWORD.toCharArray());
    byte[] sha256 =
        MessageDigest.getInstance("SHA-256").digest(store.getCertificate(name).getEncoded());
    return HexFormat.of().formatHex(sha256);
  }

  @BeforeEach
  void buildPlugin() {
    jar = PluginJar.ofRuleKind("quota", "quota").write(plugins, "quota.jar");
  }

  private void lock(String text) throws IOException {
    Files.writeString(plugins.resolve("plugins.lock"), text);
  }

  private void require(String what, String plugins, String signers) throws IOException {
    lock(
        "{\"require\": \"%s\", \"plugins\": [%s], \"signers\": {%s}}"
            .formatted(what, plugins, signers));
  }

  private String sha256() throws IOException {
    Path copy = copies.resolve("hashed");
    return JarCopy.make(jar, copy);
  }

  private PluginReport load() throws IOException, InterruptedException {
    try (Generation generation = loader.load(plugins, copies)) {
      assertThat(generation.plugins()).hasSize(1);
      return generation.plugins().getFirst();
    }
  }

  private String why() throws IOException, InterruptedException {
    PluginReport report = load();
    assertThat(report.state()).isEqualTo(PluginReport.State.REFUSED);
    String why = report.why().orElseThrow();
    assertThat(PluginMessages.hasOfLock(why)).as("docs/messages.md has: %s", why).isTrue();
    return why;
  }

  private void assertLoadedAndSignedBy(Optional<String> signer)
      throws IOException, InterruptedException {
    PluginReport report = load();
    assertThat(report.why()).isEmpty();
    assertThat(report.signer()).isEqualTo(signer);
    assertThat(report.since()).isPresent();
  }

  private static String entry(String name, String version, String sha256) {
    return "{\"name\": \"%s\", \"version\": \"%s\", \"sha256\": \"%s\"}"
        .formatted(name, version, sha256);
  }

  private String acme() throws Exception {
    return "\"acme\": \"" + fingerprint("acme") + "\"";
  }

  @Test
  void everythingIsLoadedWithoutALock() throws Exception {
    assertLoadedAndSignedBy(Optional.empty());
  }

  @Test
  void aListedJarIsLoaded() throws Exception {
    require("listed", entry("quota", "1.2.3", sha256()), "");
    assertLoadedAndSignedBy(Optional.empty());
  }

  @Test
  void aJarThatIsNotListedIsRefusedAndNothingOfItRuns() throws Exception {
    jar =
        PluginJar.ofRuleKind("quota", "quota")
            .source(PluginJar.plugin("acme.Main", "static { if (true) throw new Error(\"ran\"); }"))
            .with("Plugin-Class", "acme.Main")
            .write(plugins, "quota.jar");
    require("listed", entry("other", "1.0.0", "ab".repeat(32)), "");
    assertThat(why())
        .isEqualTo(
            "quota 1.2.3 is not in plugins.lock; if you trust this jar, list it with: tollbar"
                + " plugins lock");
  }

  @Test
  void anotherVersionThanTheListedIsRefused() throws Exception {
    require("listed", entry("quota", "1.2.2", "ab".repeat(32)), "");
    assertThat(why())
        .isEqualTo(
            "quota 1.2.3 is not in plugins.lock; listed: 1.2.2; if you trust this jar, list it"
                + " with: tollbar plugins lock");
  }

  @Test
  void anotherContentThanTheListedIsRefused() throws Exception {
    require("listed", entry("quota", "1.2.3", "ab".repeat(32)), "");
    assertThat(why())
        .isEqualTo(
            "its content is not that of quota 1.2.3 in plugins.lock: expected SHA-256 "
                + "ab".repeat(32)
                + "; found "
                + sha256()
                + "; if you trust this jar, list it with: tollbar plugins lock");
  }

  @Test
  void aListedJarNeedsTheSignerOfItsEntry() throws Exception {
    String entry = entry("quota", "1.2.3", sha256()).replace("}", ", \"signer\": \"acme\"}");
    require("listed", entry, acme());
    assertThat(why())
        .isEqualTo(
            "plugins.lock expects the signature of \"acme\"; found none; get a signed jar from its"
                + " author");

    sign(jar, "acme");
    require(
        "listed",
        entry("quota", "1.2.3", sha256()).replace("}", ", \"signer\": \"acme\"}"),
        acme());
    assertLoadedAndSignedBy(Optional.of("acme"));
  }

  @Test
  void aJarSignedBySomebodyTrustedIsLoaded() throws Exception {
    sign(jar, "mallory");
    sign(jar, "acme");
    require("signed", "", acme());
    assertLoadedAndSignedBy(Optional.of("acme"));
  }

  @Test
  void anUnsignedJarIsRefused() throws Exception {
    require("signed", "", acme());
    assertThat(why())
        .isEqualTo(
            "it is not signed, and plugins.lock requires it; get a signed jar from its author");
  }

  @Test
  void aStrangersSignatureIsRefused() throws Exception {
    sign(jar, "mallory");
    require("signed", "", acme());
    assertThat(why())
        .isEqualTo(
            "it is signed with certificate "
                + fingerprint("mallory")
                + ", which is not among the signers in plugins.lock; add it there if you trust it");
  }

  @Test
  void showsTheCertificateOfASignerThatNobodyNamed() throws Exception {
    sign(jar, "mallory");
    assertLoadedAndSignedBy(Optional.of(fingerprint("mallory")));
  }

  @Test
  void aClassThatWasChangedAfterSigningIsRefusedWhateverIsRequired() throws Exception {
    sign(jar, "acme");
    change("acme/Kind.class");
    assertThat(why())
        .isEqualTo("its signature does not fit what is in it; get the jar from its author again");
  }

  @Test
  void aFileThatWasAddedAfterSigningIsRefused() throws Exception {
    sign(jar, "acme");
    change("acme/Extra.class");
    require("signed", "", acme());
    assertThat(why())
        .isEqualTo(
            "its signature does not cover \"acme/Extra.class\", which was added later; get the jar"
                + " from its author again");
  }

  private void change(String entry) {
    try (FileSystem zip = FileSystems.newFileSystem(jar)) {
      Files.writeString(zip.getPath(entry), "changed");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLockThatIsNoJsonLetsNothingIn() throws Exception {
    lock("{\n  \"require\": any\n}");
    assertThat(why())
        .isEqualTo(
            "plugins.lock: line 2: it is not JSON; write it anew with: tollbar plugins lock");
  }

  @Test
  void aLockSaysAllThatIsWrongWithIt() throws Exception {
    lock(
        """
        {"require": "some", "extra": 1,
         "signers": {"acme": "12"},
         "plugins": [{"name": "quota", "version": 1, "sha256": "", "signer": "bob"}]}
        """);
    assertThatThrownBy(() -> PluginLock.read(plugins))
        .hasMessage(
            "plugins.lock: /extra: unknown key; expected plugins, require, signers;"
                + " /require: expected any, listed or signed; found \"some\";"
                + " /signers/acme: expected 64 hexadecimal digits; found \"12\";"
                + " /plugins/0/signer: expected a name out of /signers; found \"bob\";"
                + " /plugins/0/version: expected a string; found 1;"
                + " /plugins/0/sha256: expected 64 hexadecimal digits; found \"\"");
  }

  @Test
  void aLockOfOtherBytesThanTextLetsNothingIn() throws Exception {
    Files.write(plugins.resolve("plugins.lock"), new byte[] {'{', (byte) 0xff});
    assertThat(why()).isEqualTo("plugins.lock: it cannot be read; expected a text file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[]|expected an object; found a list",
        "{\"require\": \"any\", \"plugins\": {}}|/plugins: expected a list; found an object"
      })
  void aLockOfAnotherShapeLetsNothingIn(String text, String problem) throws Exception {
    lock(text);
    assertThat(why()).isEqualTo("plugins.lock: " + problem);
  }

  /** By the sources of the tests: each is expected somewhere there. */
  @Test
  void testsLeadToEveryMessageOfTheDocumentation() throws IOException {
    StringBuilder sources = new StringBuilder();
    for (Path test :
        List.of(
            Path.of("src/test/java/dev/tollbar/plugins/PluginLockTest.java"),
            Path.of("src/test/java/dev/tollbar/bootstrap/PluginCommandTest.java"),
            Path.of("src/test/java/dev/tollbar/bootstrap/PluginsCommandTest.java"),
            Path.of("../distribution/src/test/java/dev/tollbar/distribution/PluginsCommandIT.java"),
            Path.of(
                "../distribution/src/test/java/dev/tollbar/distribution/WritingPluginsIT.java"))) {
      sources.append(Files.readString(test));
    }
    String literals = sources.toString().replaceAll("\"\\s*\\+\\s*\"", "").replace("\\\"", "\"");
    assertThat(PluginMessages.documentedOfLock())
        .hasSizeGreaterThan(20)
        .allSatisfy(row -> assertThat(literals).containsPattern(PluginMessages.pattern(row)));
  }

  @Test
  void isReadAsItWasWritten() throws Exception {
    require(
        "signed",
        entry("quota", "1.2.3", "ab".repeat(32)).replace("}", ", \"signer\": \"acme\"}"),
        acme());
    PluginLock lock = PluginLock.read(plugins);
    lock(lock.text());
    assertThat(PluginLock.read(plugins)).isEqualTo(lock);
  }

  @Test
  void inspectsJarsWithoutRunningThem() throws Exception {
    Files.writeString(plugins.resolve("no.jar"), "no jar");
    require("any", entry("quota", "1.2.3", "ab".repeat(32)), "");

    List<PluginInspection> jars = loader.inspect(plugins, copies);

    assertThat(jars).hasSize(2);
    assertThat(jars.getFirst().why())
        .contains("it is no jar, or only a part of one; copy it again");
    assertThat(jars.getLast().entry())
        .contains(new PluginLock.Entry("quota", "1.2.3", sha256(), Optional.empty()));
    assertThat(jars.getLast().difference())
        .hasValueSatisfying(why -> assertThat(why).startsWith("its content is not that of quota"));
  }
}
