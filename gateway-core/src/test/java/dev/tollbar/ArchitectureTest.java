package dev.tollbar;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.net.Socket;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The direction of dependencies: design, section 1. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.tollbar");

  /** Which packages of the program each one may use; what plugins see is free to all. */
  private static final Map<String, List<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("http", List.of("pipeline", "protocol")),
          Map.entry("stdio", List.of("pipeline", "protocol")),
          Map.entry("aggregate", List.of("pipeline", "protocol", "legacy")),
          Map.entry(
              "pipeline",
              List.of(
                  "policy",
                  "upstream",
                  "identity",
                  "state",
                  "audit",
                  "protocol",
                  "legacy",
                  "consent")),
          Map.entry("consent", List.of("state", "policy", "keys")),
          Map.entry("policy", List.of("regex")),
          Map.entry("document", List.of("plugins", "policy")),
          Map.entry("lint", List.of("document", "policy")),
          Map.entry("convert", List.of("document", "policy", "regex")),
          Map.entry("history", List.of("document", "policy")),
          Map.entry("plugins", List.of()),
          Map.entry("upstream", List.of("protocol", "regex")),
          Map.entry("regex", List.of()),
          Map.entry("protocol", List.of()),
          Map.entry("legacy", List.of("protocol", "upstream", "keys")),
          Map.entry("keys", List.of()),
          Map.entry("identity", List.of("protocol", "state")),
          Map.entry("state", List.of()),
          Map.entry("audit", List.of()),
          Map.entry(
              "console",
              List.of(
                  "state",
                  "consent",
                  "document",
                  "audit",
                  "history",
                  "policy",
                  "identity",
                  "http")),
          Map.entry(
              "trial",
              List.of(
                  "document",
                  "policy",
                  "pipeline",
                  "identity",
                  "state",
                  "audit",
                  "consent",
                  "upstream")));

  static Stream<String> packages() {
    return MAY_IMPORT.keySet().stream().sorted();
  }

  private static String in(String name) {
    return "dev.tollbar." + name + "..";
  }

  @Test
  void everyPackageHasItsPlace() {
    TreeSet<String> places = new TreeSet<>(MAY_IMPORT.keySet());
    places.addAll(List.of("api", "bootstrap"));

    assertThat(CLASSES.stream().map(JavaClass::getPackageName).distinct())
        .containsExactlyInAnyOrderElementsOf(
            places.stream().map(name -> "dev.tollbar." + name).toList());
  }

  @ParameterizedTest
  @MethodSource("packages")
  void importsOnlyWhatItMay(String name) {
    String[] forbidden =
        Stream.concat(MAY_IMPORT.keySet().stream(), Stream.of("bootstrap"))
            .filter(other -> !other.equals(name))
            .filter(other -> !MAY_IMPORT.getOrDefault(name, List.of()).contains(other))
            .map(ArchitectureTest::in)
            .toArray(String[]::new);

    noClasses()
        .that()
        .resideInAPackage(in(name))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .check(CLASSES);
  }

  @Test
  void thereAreNoCycles() {
    slices().matching("dev.tollbar.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void onlyTheFrontKnowsTheWebServer() {
    noClasses()
        .that()
        .resideOutsideOfPackage(in("http"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.helidon..")
        .check(CLASSES);
  }

  @Test
  void onlyThePluginLoaderKnowsPf4j() {
    noClasses()
        .that()
        .resideOutsideOfPackages(in("plugins"), in("api"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.pf4j..")
        .check(CLASSES);
  }

  @Test
  void policiesArePure() {
    noClasses()
        .that()
        .resideInAPackage(in("policy"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.nio.file..", "java.nio.channels..", "java.net.http..", "java.sql..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class, InstantSource.class, File.class, Socket.class, Random.class)
        .check(CLASSES);
  }

  @Test
  void theProtocolDoesNoIo() {
    noClasses()
        .that()
        .resideInAPackage(in("protocol"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..")
        .check(CLASSES);
  }

  @Test
  void onlyTheMeterMakesAPermittedCall() {
    classes()
        .that()
        .haveFullyQualifiedName("dev.tollbar.pipeline.PermittedCall")
        .should()
        .haveModifier(JavaModifier.FINAL)
        .check(CLASSES);
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("dev.tollbar.pipeline.MeterStage")
        .should()
        .callConstructorWhere(
            JavaCall.Predicates.target(
                HasOwner.Predicates.With.owner(JavaClass.Predicates.simpleName("PermittedCall"))))
        .check(CLASSES);
    constructors()
        .that()
        .areDeclaredInClassesThat()
        .haveFullyQualifiedName("dev.tollbar.pipeline.MeterStage$Key")
        .should()
        .bePrivate()
        .check(CLASSES);
  }
}
