package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plugins that use what the next major version of the API may not have. */
class DeprecationsTest {
  private static final String VERDICT = "dev/tollbar/api/Verdict";
  private static final Deprecations SOME =
      new Deprecations(
          Set.of("dev/tollbar/api/LimitUsage", "dev/tollbar/api/Doc"),
          Set.of(
              new Deprecations.Member(
                  VERDICT, "deny", "(Ljava/lang/String;)Ldev/tollbar/api/Verdict$Deny;"),
              new Deprecations.Member("dev/tollbar/api/Rule", "outage", "()Ljava/util/Optional;"),
              new Deprecations.Member(
                  "dev/tollbar/api/Reservation", "NOTHING", "Ldev/tollbar/api/Reservation;")));

  @TempDir private Path plugins;
  @TempDir private Path copies;

  private List<PluginReport> load() throws IOException, InterruptedException {
    Admission.Settings settings =
        new Admission.Settings(
            new PluginApi("1.4.0"),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30),
            InstantSource.system(),
            () -> SOME,
            Bundled.NONE,
            _ -> Optional.empty());
    try (Generation generation = new PluginLoader(settings).load(plugins, copies)) {
      return generation.plugins();
    }
  }

  @Test
  void areNamedOnceForEachPluginThatUsesThem() throws Exception {
    PluginJar.of("old")
        .source(
            """
            package acme;
            import dev.tollbar.api.*;
            public class Kind implements RuleKind<Kind.Config> {
              public record Config(@Doc("What") String text) {}
              public String name() { return "old"; }
              public Class<Config> configType() { return Config.class; }
              public Rule create(Config config, RuleContext context) {
                return new Rule() {
                  public Verdict evaluate(Call call) {
                    return config.text().isEmpty() ? Verdict.deny("No.") : Verdict.deny("Not so.");
                  }
                  public Reservation reserve(Call call) { return Reservation.NOTHING; }
                  public java.util.Optional<String> outage() { return java.util.Optional.empty(); }
                };
              }
            }
            """)
        .index("acme.Kind")
        .write(plugins, "old.jar");
    PluginJar.ofRuleKind("fresh", "fresh").write(plugins, "fresh.jar");

    List<PluginReport> reports = load();

    assertThat(reports).extracting(PluginReport::state).containsOnly(PluginReport.State.LOADED);
    assertThat(reports.get(0).warnings()).isEmpty();
    assertThat(reports.get(1).warnings())
        .containsExactly(
            "it uses what plugin API 1.4.0 has deprecated and the next major version may not have:"
                + " Doc, Reservation.NOTHING, Rule.outage, Verdict.deny; when it is built anew, the"
                + " compiler says what to use instead");
  }

  @Test
  void areFoundInTheClassesOfTheApi() throws Exception {
    Path jar =
        PluginJar.of("api")
            .source(
                """
                package dev.tollbar.api;
                public interface Verdict {
                  @Deprecated static Object deny(String reason) { return reason; }
                  static Object permit() { return ""; }
                  @Deprecated(forRemoval = true) int MOST = 5;
                  @Deprecated record Deny(String reason) {}
                }
                """)
            .write(plugins, "api.jar");

    assertThat(Deprecations.of(classes(jar)))
        .isEqualTo(
            new Deprecations(
                Set.of("dev/tollbar/api/Verdict$Deny"),
                Set.of(
                    new Deprecations.Member(
                        VERDICT, "deny", "(Ljava/lang/String;)Ljava/lang/Object;"),
                    new Deprecations.Member(VERDICT, "MOST", "I"))));
  }

  private static List<byte[]> classes(Path jar) throws IOException {
    List<byte[]> classes = new ArrayList<>();
    try (JarFile file = new JarFile(jar.toFile())) {
      for (JarEntry entry : file.stream().filter(e -> e.getName().endsWith(".class")).toList()) {
        classes.add(file.getInputStream(entry).readAllBytes());
      }
    }
    return classes;
  }

  @Test
  void ofThisBuildAreThoseOfItsApi() throws IOException {
    Deprecations own = Deprecations.ofThisBuild();
    Path sources = Path.of("..", "plugin-api", "src", "main", "java");
    boolean some;
    try (Stream<Path> files = Files.walk(sources)) {
      some = files.filter(Files::isRegularFile).anyMatch(DeprecationsTest::hasSome);
    }
    assertThat(own.types().isEmpty() && own.members().isEmpty()).isEqualTo(!some);
  }

  private static boolean hasSome(Path source) {
    try {
      return Files.readString(source).contains("@Deprecated");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
