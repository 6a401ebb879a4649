package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.document.ConfigTypes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each bad jar lies between two good ones, which must be loaded all the same. */
class RefusedJarTest {
  private static final String AUTHOR = "; the plugin's author can tell why";

  @TempDir static Path good;
  @TempDir Path plugins;
  @TempDir Path copies;

  @BeforeAll
  static void buildGoodJars() {
    PluginJar.ofRuleKind("first", "first_kind").write(good, "a-good.jar");
    PluginJar.ofRuleKind("last", "last_kind").write(good, "z-good.jar");
  }

  @Test
  void refusesRandomBytes() throws Exception {
    Files.writeString(plugins.resolve("bad.jar"), "This is not a jar.".repeat(100));
    assertThat(why()).isEqualTo("it is no jar, or only a part of one; copy it again");
  }

  @Test
  void refusesATruncatedJar() throws Exception {
    Path jar = PluginJar.ofRuleKind("bad", "bad_kind").write(plugins, "bad.jar");
    byte[] bytes = Files.readAllBytes(jar);
    Files.write(jar, Arrays.copyOf(bytes, bytes.length / 2));
    assertThat(why()).isEqualTo("it is no jar, or only a part of one; copy it again");
  }

  @Test
  void refusesAnEmptyFile() throws Exception {
    Files.createFile(plugins.resolve("bad.jar"));
    assertThat(why()).isEqualTo("the file is empty; copy it again");
  }

  @Test
  void refusesALinkToNowhere() throws Exception {
    Files.createSymbolicLink(plugins.resolve("bad.jar"), plugins.resolve("gone"));
    assertThat(why()).isEqualTo("it cannot be read (no such file)");
  }

  @Test
  void refusesAJarWithoutManifest() throws Exception {
    assertThat(why(PluginJar.withoutManifest().index("acme.Kind")))
        .isEqualTo(
            "META-INF/MANIFEST.MF is missing; expected one with Plugin-Id, Plugin-Version and"
                + " Plugin-Requires");
  }

  @Test
  void refusesAManifestThatIsNone() throws Exception {
    assertThat(why(bad().entry("META-INF/MANIFEST.MF", "no header\n")))
        .isEqualTo("META-INF/MANIFEST.MF cannot be read; build or copy the jar again");
  }

  @Test
  void refusesAJarWithoutId() throws Exception {
    assertThat(why(bad().without("Plugin-Id")))
        .isEqualTo("Plugin-Id is missing in META-INF/MANIFEST.MF");
  }

  @Test
  void refusesAnIdThatWouldBreakLines() throws Exception {
    assertThat(why(bad().with("Plugin-Id", "a \"b\"")))
        .isEqualTo(
            "Plugin-Id: expected letters, digits, \".\", \"-\" and \"_\"; found \"a \\\"b\\\"\"");
  }

  @Test
  void refusesAJarWithoutVersion() throws Exception {
    assertThat(why(bad().without("Plugin-Version")))
        .isEqualTo(
            "Plugin-Version is missing in META-INF/MANIFEST.MF; expected a semantic version such as"
                + " \"1.0.0\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "1", "v1.0.0", "01.0.0", "1.0.0.0", "latest"})
  void refusesAVersionThatIsNotSemantic(String version) throws Exception {
    assertThat(why(bad().with("Plugin-Version", version)))
        .isEqualTo(
            "Plugin-Version: expected a semantic version such as \"1.0.0\"; found \""
                + version
                + "\"");
  }

  @Test
  void namesBothVersionsWhenThePluginWantsAnotherApi() throws Exception {
    assertThat(why(bad().with("Plugin-Requires", ">=2.0.0 & <3.0.0")))
        .isEqualTo(
            "it requires plugin API \">=2.0.0 & <3.0.0\" and this gateway has 1.4.0; use a version"
                + " of the plugin that is built for this API");
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.4.0", "1.0.0", "=1.4.0", "1.4", "*", "the latest one", ">=1.0.0 &"})
  void refusesARequirementThatIsNoRange(String requires) throws Exception {
    assertThat(why(bad().with("Plugin-Requires", requires)))
        .isEqualTo(
            "Plugin-Requires: expected a range of plugin API versions such as \">=1.0.0 & <2.0.0\";"
                + " found \""
                + requires
                + "\"");
  }

  @Test
  void refusesAJarThatRequiresNothing() throws Exception {
    assertThat(why(bad().without("Plugin-Requires")))
        .isEqualTo(
            "Plugin-Requires is missing in META-INF/MANIFEST.MF; expected a range of plugin API"
                + " versions such as \">=1.0.0 & <2.0.0\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"absent@1.0.0", "first", "absent?"})
  void refusesDependenciesMetOrNot(String dependencies) throws Exception {
    assertThat(why(bad().with("Plugin-Dependencies", dependencies)))
        .isEqualTo(
            "Plugin-Dependencies: expected none, since every plugin stands alone; found \""
                + dependencies
                + "\"; put what it needs into its own jar");
  }

  @Test
  void refusesAClassPath() throws Exception {
    assertThat(why(bad().with("Class-Path", "lib/acme.jar")))
        .isEqualTo(
            "Class-Path: expected none, since no other file is seen; found \"lib/acme.jar\"; put"
                + " the libraries into the jar");
  }

  @Test
  void namesAllProblemsOfAManifestAtOnce() throws Exception {
    assertThat(
            why(bad().without("Plugin-Id").with("Plugin-Version", "1").without("Plugin-Requires")))
        .isEqualTo(
            "Plugin-Id is missing in META-INF/MANIFEST.MF; Plugin-Version: expected a semantic"
                + " version such as \"1.0.0\"; found \"1\"; Plugin-Requires is missing in"
                + " META-INF/MANIFEST.MF; expected a range of plugin API versions such as"
                + " \">=1.0.0 & <2.0.0\"");
  }

  @Test
  void refusesTheSecondJarOfOneId() throws Exception {
    assertThat(why(PluginJar.ofRuleKind("first", "other")))
        .isEqualTo("Plugin-Id \"first\" is that of a-good.jar too; remove one of the two jars");
  }

  @Test
  void refusesBothJarsThatSupplyOneKind() throws Exception {
    PluginJar.ofRuleKind("one", "limits").write(plugins, "bad.jar");
    PluginJar.ofRuleKind("two", "limits").write(plugins, "worse.jar");
    try (Generation generation = load()) {
      String why =
          "the rule kind \"limits\" is supplied by bad.jar and worse.jar; leave only one of these"
              + " jars in the folder";
      assertThat(generation.plugins())
          .extracting(PluginReport::why)
          .containsExactly(Optional.empty(), Optional.of(why), Optional.of(why), Optional.empty());
      assertThat(generation.ruleKinds()).containsOnlyKeys("first_kind", "last_kind");
      assertThat(generation.plugins().get(1).kinds()).containsExactly("rule limits");
    }
  }

  @Test
  void refusesAllKindsOfAJarThatClashesInTwo() throws Exception {
    PluginJar.of("one")
        .source(PluginJar.ruleKind("acme.A", "a", ""))
        .source(PluginJar.transportKind("acme.b.B", "b"))
        .source(PluginJar.ruleKind("acme.c.C", "c", ""))
        .index("acme.A", "acme.b.B", "acme.c.C")
        .write(plugins, "bad.jar");
    PluginJar.ofRuleKind("two", "a").write(plugins, "worse.jar");
    PluginJar.of("three")
        .source(PluginJar.transportKind("acme.B", "b"))
        .index("acme.B")
        .write(plugins, "worst.jar");
    try (Generation generation = load()) {
      assertThat(report(generation).why())
          .contains(
              "the rule kind \"a\" is supplied by bad.jar and worse.jar; leave only one of these"
                  + " jars in the folder; the transport kind \"b\" is supplied by bad.jar and"
                  + " worst.jar; leave only one of these jars in the folder");
      assertThat(generation.ruleKinds()).containsOnlyKeys("first_kind", "last_kind");
      assertThat(generation.transportKinds()).isEmpty();
    }
  }

  @Test
  void aRuleKindAndATransportKindMayShareAName() throws Exception {
    PluginJar.of("one")
        .source(PluginJar.ruleKind("acme.A", "same", ""))
        .source(PluginJar.transportKind("acme.b.B", "same"))
        .index("acme.A", "acme.b.B")
        .write(plugins, "bad.jar");
    try (Generation generation = load()) {
      assertThat(report(generation).why()).isEmpty();
      assertThat(report(generation).kinds()).containsExactly("rule same", "transport same");
    }
  }

  @Test
  void refusesTwoKindsOfOneNameInOneJar() throws Exception {
    assertThat(
            why(
                PluginJar.of("bad")
                    .source(PluginJar.ruleKind("acme.A", "same", ""))
                    .source(PluginJar.ruleKind("acme.b.B", "same", ""))
                    .index("acme.A", "acme.b.B")))
        .isEqualTo("it supplies the rule kind \"same\" twice; rename one of the two");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          public void start() { throw new IllegalStateException("no licence"); } | no licence
          public void start() { throw new AssertionError("not so"); }            | not so
          public void start() { throw new IllegalStateException(); }             | IllegalStateException
          static { if (true) throw new IllegalStateException("static"); }        | static
          public Main() { throw new IllegalStateException("constructor"); }      | constructor
          public Main(org.pf4j.PluginWrapper w) { throw new Error("wrapper"); }  | wrapper
          public void start() { start(); }                                       | StackOverflowError
          """)
  void refusesAPluginThatThrowsAtStart(String members, String words) throws Exception {
    assertThat(
            why(
                bad()
                    .source(PluginJar.plugin("acme.Main", members))
                    .with("Plugin-Class", "acme.Main")))
        .isEqualTo("it cannot be started: it failed with \"" + words + "\"" + AUTHOR);
  }

  @Test
  void refusesAPluginThatNeverStarts() throws Exception {
    PluginJar jar =
        bad()
            .source(
                PluginJar.plugin(
                    "acme.Main",
                    """
                    public void start() {
                      while (true) {
                        try { Thread.sleep(1000); } catch (InterruptedException e) { return; }
                      }
                    }
                    """))
            .with("Plugin-Class", "acme.Main");
    jar.write(plugins, "bad.jar");
    try (Generation generation = load(Duration.ofSeconds(3))) {
      assertThat(report(generation).why())
          .contains("it cannot be started: no end within 3 s" + AUTHOR);
      assertThat(generation.ruleKinds()).containsOnlyKeys("first_kind", "last_kind");
    }
  }

  @Test
  void refusesAMissingPluginClass() throws Exception {
    assertThat(why(bad().with("Plugin-Class", "acme.Absent")))
        .isEqualTo("it cannot be started: " + missing("acme.Absent"));
  }

  @Test
  void refusesAPluginClassThatIsNone() throws Exception {
    assertThat(why(bad().with("Plugin-Class", "acme.Kind")))
        .isEqualTo(
            "it cannot be started: it failed with \"Plugin-Class acme.Kind does not extend"
                + " org.pf4j.Plugin\""
                + AUTHOR);
  }

  @Test
  void refusesAKindWhoseConstructorThrows() throws Exception {
    assertThat(why(kind("public Kind() { throw new IllegalStateException(\"out of order\"); }")))
        .isEqualTo(cannotBeUsed("it failed with \"out of order\"" + AUTHOR));
  }

  @Test
  void refusesAKindWhoseStaticInitialiserThrows() throws Exception {
    assertThat(why(kind("static { if (true) throw new Error(\"out of order\"); }")))
        .isEqualTo(cannotBeUsed("it failed with \"out of order\"" + AUTHOR));
  }

  @Test
  void refusesAKindThatCannotBeConstructed() throws Exception {
    assertThat(why(kind("Kind(int size) {}")))
        .isEqualTo(
            cannotBeUsed("expected a public class with a public constructor without parameters"));
  }

  @Test
  void refusesAStaleLineOfTheIndex() throws Exception {
    assertThat(why(bad().index("acme.Gone")))
        .isEqualTo(
            "the kind \"acme.Gone\" cannot be used: META-INF/extensions.idx names it and the jar"
                + " has no such class; build the jar anew");
  }

  @Test
  void refusesAnExtensionThatIsNoKind() throws Exception {
    String source = "package acme; public class Other implements org.pf4j.ExtensionPoint {}";
    assertThat(why(bad().source(source).index("acme.Other")))
        .isEqualTo(
            "the kind \"acme.Other\" cannot be used: expected either a rule kind or a transport"
                + " kind");
  }

  @Test
  void refusesClassesOfANewerJava() throws Exception {
    int here = Runtime.version().feature();
    assertThat(why(bad().compiledForJavaNewerBy(1)))
        .isEqualTo(
            cannotBeUsed(
                "it was compiled for Java %d and this gateway runs on Java %d; build it with --release %d"
                    .formatted(here + 1, here, here)));
  }

  @Test
  void refusesAKindWhoseLibraryIsMissingWhenItsNameIsAsked() throws Exception {
    assertThat(
            why(
                PluginJar.of("bad")
                    .source(
                        "package lib; public class Names { public static String one() { return \"x\"; } }")
                    .source(PluginJar.kind("acme.Kind", "return lib.Names.one();", ""))
                    .leavingOut("lib/Names.class")
                    .index("acme.Kind")))
        .isEqualTo(cannotBeUsed(missing("lib.Names")));
  }

  @Test
  void refusesAKindWhoseConfigNamesAMissingClass() throws Exception {
    assertThat(
            why(
                PluginJar.of("bad")
                    .source("package lib; public class Part {}")
                    .source(
                        PluginJar.ruleKind("acme.Kind", "bad", "")
                            .replace("Config()", "Config(lib.Part part)"))
                    .leavingOut("lib/Part.class")
                    .index("acme.Kind")))
        .isEqualTo(cannotBeUsed(missing("lib.Part")));
  }

  @Test
  void refusesAKindThatUsesTheGatewaysOwnClasses() throws Exception {
    String body = "return dev.tollbar.policy.DenialCode.values()[0].name().toLowerCase();";
    assertThat(
            why(
                PluginJar.of("bad")
                    .source(PluginJar.kind("acme.Kind", body, ""))
                    .index("acme.Kind")))
        .isEqualTo(cannotBeUsed(missing("dev.tollbar.policy.DenialCode")));
  }

  @Test
  void refusesAKindBuiltAgainstAnotherLibrary() throws Exception {
    String names = "package lib; public class Names { public static String %s() { return null; } }";
    PluginJar jar =
        PluginJar.of("bad")
            .source(names.formatted("one"))
            .source(PluginJar.kind("acme.Kind", "return lib.Names.one();", ""))
            .index("acme.Kind")
            .classesOf(PluginJar.of("other").source(names.formatted("two")));
    assertThat(why(jar))
        .isEqualTo(
            cannotBeUsed(
                "it does not fit the classes it was loaded with (\"'java.lang.String"
                    + " lib.Names.one()'\"); build it against plugin API 1.4.0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "\"\"", "\"  \""})
  void refusesAKindWithoutName(String name) throws Exception {
    assertThat(
            why(
                PluginJar.of("bad")
                    .source(PluginJar.kind("acme.Kind", "return " + name + ";", ""))
                    .index("acme.Kind")))
        .isEqualTo(
            cannotBeUsed("it has no name; expected one in snake_case such as \"rate_limit\""));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RateLimit", "rate-limit", "1st", "_x", "rate limit", "größe"})
  void refusesAKindWhoseNameIsNotSnakeCase(String name) throws Exception {
    assertThat(why(PluginJar.ofRuleKind("bad", name)))
        .isEqualTo(
            cannotBeUsed(
                "its name is expected in snake_case such as \"rate_limit\"; found \""
                    + name
                    + "\""));
  }

  @Test
  void refusesAConfigTypeThatIsNoRecord() throws Exception {
    String source = rawConfigType("(Class) StringBuilder.class");
    assertThat(why(PluginJar.of("bad").source(source).index("acme.Kind")))
        .isEqualTo(
            cannotBeUsed(
                "the config type of \"raw\" is expected to be a record; found"
                    + " \"java.lang.StringBuilder\""));
  }

  @Test
  void refusesAMissingConfigType() throws Exception {
    assertThat(why(PluginJar.of("bad").source(rawConfigType("null")).index("acme.Kind")))
        .isEqualTo(
            cannotBeUsed("the config type of \"raw\" is expected to be a record; found none"));
  }

  @Test
  void refusesAConfigThatDocumentsCannotHold() throws Exception {
    String source =
        PluginJar.ruleKind("acme.Kind", "bad", "")
            .replace("record Config()", "record Config(java.util.List<java.util.Date> holidays)");
    assertThat(why(PluginJar.of("bad").source(source).index("acme.Kind")))
        .isEqualTo(
            cannotBeUsed(
                "the component \"holidays\" of \"acme.Config\" cannot be read from documents"
                    + " (unsupported type in a config: java.util.Date); there are String, boolean,"
                    + " int, long, BigDecimal, Duration, an enum, a record, JsonNode, Condition,"
                    + " Secret, and Optional, List and Map of these"));
  }

  @Test
  void refusesAConfigWithADefaultThatIsNoJson() throws Exception {
    String source =
        PluginJar.ruleKind("acme.Kind", "bad", "")
            .replace("record Config()", "record Config(Part part)")
            .replace("record Config", "record Part(@Default(\"five\") int max) {}\nrecord Config");
    assertThat(why(PluginJar.of("bad").source(source).index("acme.Kind")))
        .startsWith(
            cannotBeUsed(
                "the component \"max\" of \"acme.Part\" cannot be read from documents (not JSON in"
                    + " an annotation: five); there are String, "));
  }

  @Test
  void refusesAJarWithoutIndex() throws Exception {
    assertThat(why(PluginJar.of("bad").source(PluginJar.ruleKind("acme.Kind", "bad", ""))))
        .isEqualTo(
            "META-INF/extensions.idx is missing; expected one line for each kind: mark them with"
                + " @Extension and let the compiler run annotation processors (-proc:full since JDK"
                + " 23)");
  }

  @Test
  void refusesAJarWithoutKinds() throws Exception {
    assertThat(why(PluginJar.of("bad").index("# Generated by PF4J")))
        .isEqualTo("it is no plugin: it supplies no rule kind and no transport kind");
  }

  @Test
  void reportsWhatIsKnownOfARefusedJar() throws Exception {
    bad().with("Plugin-Requires", ">=9.0.0").write(plugins, "bad.jar");
    try (Generation generation = load()) {
      PluginReport report = report(generation);
      assertThat(report.state()).isEqualTo(PluginReport.State.REFUSED);
      assertThat(report.plugin()).isEqualTo("bad@1.2.3");
      assertThat(report.provider()).contains("Acme");
      assertThat(report.requires()).contains(">=9.0.0");
      assertThat(report.api()).isEqualTo("1.4.0");
      assertThat(report.sha256()).hasValueSatisfying(hash -> assertThat(hash).hasSize(64));
    }
  }

  private static PluginJar bad() {
    return PluginJar.ofRuleKind("bad", "bad_kind");
  }

  private static PluginJar kind(String members) {
    return PluginJar.of("bad")
        .source(PluginJar.ruleKind("acme.Kind", "bad_kind", members))
        .index("acme.Kind");
  }

  private static String rawConfigType(String expression) {
    return """
    package acme;
    import dev.tollbar.api.*;
    @SuppressWarnings({"rawtypes", "unchecked"})
    public class Kind implements RuleKind {
      public String name() { return "raw"; }
      public Class configType() { return %s; }
      public Rule create(Record config, RuleContext context) { return call -> Verdict.permit(); }
    }
    """
        .formatted(expression);
  }

  private static String cannotBeUsed(String words) {
    return "the kind \"acme.Kind\" cannot be used: " + words;
  }

  private static String missing(String className) {
    return "class \""
        + className
        + "\" is missing; put it into the jar: a plugin sees its own classes, the plugin API, PF4J,"
        + " Jackson and slf4j, and nothing else of the gateway";
  }

  private String why(PluginJar jar) throws Exception {
    jar.write(plugins, "bad.jar");
    return why();
  }

  /** Why bad.jar was refused, after a look at the good ones and at what was left behind. */
  private String why() throws Exception {
    try (Generation generation = load()) {
      assertThat(generation.plugins())
          .extracting(PluginReport::file)
          .containsExactly("a-good.jar", "bad.jar", "z-good.jar");
      assertThat(generation.ruleKinds()).containsOnlyKeys("first_kind", "last_kind");
      assertThat(report(generation).state()).isEqualTo(PluginReport.State.REFUSED);
      String why = report(generation).why().orElseThrow();
      assertThat(PluginMessages.has(why)).as("docs/messages.md has: %s", why).isTrue();
      return why;
    }
  }

  /** By its own source: each is expected somewhere here. */
  @Test
  void leadsToEveryMessageOfTheDocumentation() throws IOException {
    String source =
        Files.readString(
                Path.of("src", "test", "java", "dev", "tollbar", "plugins", "RefusedJarTest.java"))
            .replace("\" + AUTHOR", AUTHOR + '"')
            .replaceAll("\"\\s*\\+\\s*\"", "")
            .replace("\\\"", "\"");
    assertThat(PluginMessages.documented())
        .hasSizeGreaterThan(30)
        .allSatisfy(row -> assertThat(source).containsPattern(PluginMessages.pattern(row)));
  }

  private static PluginReport report(Generation generation) {
    List<PluginReport> bad =
        generation.plugins().stream().filter(report -> report.file().equals("bad.jar")).toList();
    assertThat(bad).hasSize(1);
    return bad.getFirst();
  }

  private Generation load() throws IOException, InterruptedException {
    return load(Duration.ofSeconds(30));
  }

  private Generation load(Duration limit) throws IOException, InterruptedException {
    for (String jar : List.of("a-good.jar", "z-good.jar")) {
      Files.copy(good.resolve(jar), plugins.resolve(jar));
    }
    Admission.Settings settings =
        new Admission.Settings(
            new PluginApi("1.4.0"),
            limit,
            limit,
            InstantSource.system(),
            Deprecations::ofThisBuild,
            Bundled.NONE,
            ConfigTypes::problem);
    return new PluginLoader(settings).load(plugins, copies);
  }
}
