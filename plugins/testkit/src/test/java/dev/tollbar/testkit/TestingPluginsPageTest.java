package dev.tollbar.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** What the page for plugin authors shows is a project that works. */
final class TestingPluginsPageTest {
  private static final Path PAGE =
      Path.of("..", "..", "distribution", "docs", "testing-plugins.md");
  private static final Pattern FILE = Pattern.compile("(?s)`(src/[^`]+)`\n\n```[a-z]+\n(.*?)```");

  @TempDir private Path project;
  private Path scenarios = Path.of("");

  @BeforeEach
  void makeTheProject() throws IOException {
    List<MatchResult> files = FILE.matcher(Files.readString(PAGE)).results().toList();
    assertThat(files).hasSize(7);
    for (MatchResult file : files) {
      Path path = project.resolve(file.group(1));
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.group(2));
    }
    scenarios = project.resolve("src/test/resources/scenarios");
    Path classes = project.resolve("target/classes");
    compile(project.resolve("src/main/java/example/MaxLengthKind.java"), classes);
    jar(classes, project.resolve("target/max-length-1.0.0.jar"));
  }

  @Test
  void itsTestsCompile() throws IOException {
    for (String test : List.of("ScenariosIT", "MaxLengthKindTest")) {
      compile(
          project.resolve("src/test/java/example/" + test + ".java"),
          project.resolve("target/test-classes"));
    }
  }

  @Test
  void itsTestsPass() throws Exception {
    Path tests = project.resolve("target/test-classes");
    compile(project.resolve("src/test/java/example/MaxLengthKindTest.java"), tests);
    URL[] urls = {tests.toUri().toURL(), project.resolve("target/classes").toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(urls, getClass().getClassLoader())) {
      Class<?> type = loader.loadClass("example.MaxLengthKindTest");
      Constructor<?> made = type.getDeclaredConstructor();
      made.setAccessible(true);
      int ran = 0;
      for (Method method : type.getDeclaredMethods()) {
        method.setAccessible(true);
        if (method.isAnnotationPresent(Test.class)) {
          method.invoke(made.newInstance());
          ran++;
        } else if (method.isAnnotationPresent(TestFactory.class)) {
          for (Object test : ((Stream<?>) method.invoke(made.newInstance())).toList()) {
            try {
              ((DynamicTest) test).getExecutable().execute();
            } catch (Throwable e) {
              throw new AssertionError(((DynamicTest) test).getDisplayName(), e);
            }
            ran++;
          }
        }
      }
      assertThat(ran).isGreaterThan(5);
    }
  }

  @Test
  void itsScenariosHold() throws Exception {
    List<String> names =
        ScenarioRunner.scenarios(scenarios, ScenariosTest.PLUGINS)
            .map(test -> test.getDisplayName())
            .toList();
    assertThat(names).containsExactly("no-length.scenario.yaml", "short-notes.scenario.yaml");
    for (String name : names) {
      ScenarioRunner.run(scenarios.resolve(name), ScenariosTest.PLUGINS);
    }
  }

  @Test
  void itsFailureReadsAsShown() throws IOException {
    Path scenario = scenarios.resolve("short-notes.scenario.yaml");
    String wrong =
        Files.readString(scenario)
            .replaceAll("(?s)expect:\n.*", "expect: { decision: permit, forwarded: false }\n");
    Files.writeString(scenario, wrong);
    String page = Files.readString(PAGE);
    assertThatThrownBy(() -> ScenarioRunner.run(scenario, ScenariosTest.PLUGINS))
        .isInstanceOf(AssertionError.class)
        .satisfies(error ->
            assertThat(page)
                .contains(
                    "\n" + String.valueOf(error.getMessage()).replace(scenarios + "/", "") + "\n"));
  }

  /** As the page on plugins says: annotation processors run, so that the index is written. */
  private static void compile(Path source, Path classes) throws IOException {
    Files.createDirectories(classes);
    String kind = classes.resolveSibling("classes").toString();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options =
          List.of(
              "-d",
              classes.toString(),
              "-proc:full",
              "-parameters",
              "-classpath",
              System.getProperty("java.class.path") + File.pathSeparator + kind);
      boolean done =
          compiler
              .getTask(messages, files, null, options, null, files.getJavaFileObjects(source))
              .call();
      assertThat(done).as("%s", messages).isTrue();
    }
  }

  private static void jar(Path classes, Path jar) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Plugin-Id", "max-length");
    attributes.putValue("Plugin-Version", "1.0.0");
    attributes.putValue("Plugin-Requires", ">=1.0.0 & <2.0.0");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out, manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new JarEntry(classes.relativize(file).toString()));
        zip.write(Files.readAllBytes(file));
        zip.closeEntry();
      }
    }
  }
}
