package dev.tollbar.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The API against {@code baseline.txt}: its signatures at the last release of this major version,
 * or now, as long as there is none. A plugin that was built against the baseline must go on
 * working. At a release the file is replaced by {@code target/signatures.txt}, which this test
 * writes.
 */
class CompatibilityTest {
  /** What the gateway implements and plugins only use: these may grow. */
  private static final Set<String> GIVEN =
      Stream.of(
              Call.class,
              Tool.class,
              Conditions.class,
              Counters.class,
              RuleContext.class,
              TransportContext.class)
          .map(Class::getName)
          .collect(Collectors.toUnmodifiableSet());

  @Test
  void nothingIsGoneOrChanged() throws Exception {
    Set<String> now = signatures();
    Files.write(Path.of("target", "signatures.txt"), now);

    assertThat(missing(baseline(), now))
        .as("a plugin may use these; changing them needs a new major version of the plugin API")
        .isEmpty();
  }

  @Test
  void nothingNewHasToBeImplemented() throws Exception {
    Set<String> baseline = baseline();
    List<String> demanded =
        missing(signatures(), baseline).stream()
            .filter(line -> line.contains(" abstract ") && line.contains("("))
            .filter(line -> !GIVEN.contains(typeOf(line)))
            .filter(line -> baseline.stream().anyMatch(old -> old.startsWith(typeOf(line) + " |")))
            .toList();

    assertThat(demanded)
        .as("a plugin that implements the type lacks these; give them a default")
        .isEmpty();
  }

  @Test
  void noticesWhatIsMissing() {
    assertThat(missing(Set.of("a | one", "a | two"), Set.of("a | two", "a | three")))
        .containsExactly("a | one");
    assertThat(typeOf("dev.tollbar.api.Rule | public abstract x()"))
        .isEqualTo("dev.tollbar.api.Rule");
  }

  private static List<String> missing(Collection<String> lines, Collection<String> in) {
    return lines.stream().filter(line -> !in.contains(line)).sorted().toList();
  }

  private static String typeOf(String line) {
    return line.substring(0, line.indexOf(" |"));
  }

  private static Set<String> baseline() throws IOException {
    try (InputStream in = CompatibilityTest.class.getResourceAsStream("baseline.txt")) {
      assertThat(in).isNotNull();
      return new TreeSet<>(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    }
  }

  /** One line for each public type and member: the type, and what it says. */
  private static Set<String> signatures() throws URISyntaxException {
    Path classes = Path.of(Rule.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Set<String> lines = new TreeSet<>();
    try (Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
        String name = classes.relativize(file).toString().replace(".class", "").replace('/', '.');
        if (!name.endsWith("-info")) {
          add(Class.forName(name, false, Rule.class.getClassLoader()), lines);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
    return lines;
  }

  private static void add(Class<?> type, Set<String> lines) {
    if (!Modifier.isPublic(type.getModifiers())) {
      return;
    }
    String name = type.getName();
    lines.add(name + " | " + type.toGenericString() + " " + relatives(type));
    List<Member> members = new ArrayList<>();
    members.addAll(Arrays.asList(type.getDeclaredMethods()));
    members.addAll(Arrays.asList(type.getDeclaredConstructors()));
    members.addAll(Arrays.asList(type.getDeclaredFields()));
    for (Member member : members) {
      boolean visible = (member.getModifiers() & (Modifier.PUBLIC | Modifier.PROTECTED)) != 0;
      if (visible && !member.isSynthetic()) {
        lines.add(name + " | " + generic(member));
      }
    }
  }

  private static String relatives(Class<?> type) {
    List<String> permitted =
        type.isSealed()
            ? Arrays.stream(type.getPermittedSubclasses()).map(Class::getName).sorted().toList()
            : List.of();
    return "extends "
        + type.getGenericSuperclass()
        + " "
        + Arrays.toString(type.getGenericInterfaces())
        + " permits "
        + permitted;
  }

  private static String generic(Member member) {
    return switch (member) {
      case Method method -> method.toGenericString();
      case Constructor<?> constructor -> constructor.toGenericString();
      case Field field -> field.toGenericString();
      default -> throw new IllegalStateException(member.toString());
    };
  }
}
