package dev.tollbar.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.Rule;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoaderCollectionTest {
  private static final int GENERATIONS = 20;
  private static final int TRIES = 50;

  @TempDir Path plugins;
  @TempDir Path copies;

  @Test
  void theClassLoadersOfClosedGenerationsAreCollected() throws Exception {
    PluginJar.ofRuleKind("rules", "used")
        .source(PluginJar.plugin("acme.Main", "public void start() { log.debug(\"up\"); }"))
        .with("Plugin-Class", "acme.Main")
        .write(plugins, "rules.jar");
    PluginLoader loader = new PluginLoader(new PluginApi("1.4.0"), Duration.ofSeconds(30));
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int i = 0; i < GENERATIONS; i++) {
      loaders.add(useOnce(loader));
    }
    for (int i = 0; i < TRIES && alive(loaders) > 0; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(alive(loaders)).isZero();
  }

  /** In a method of its own, so that no local variable keeps what it used. */
  private WeakReference<ClassLoader> useOnce(PluginLoader loader) throws Exception {
    try (Generation generation = loader.load(plugins, copies)) {
      LoadedRuleKind kind = generation.ruleKind("used").orElseThrow();
      try (Rule rule = Callers.create(kind)) {
        rule.evaluate(new Callers.SomeCall());
      }
      return new WeakReference<>(kind.classLoader());
    }
  }

  private static long alive(List<WeakReference<ClassLoader>> loaders) {
    return loaders.stream().filter(reference -> reference.get() != null).count();
  }
}
