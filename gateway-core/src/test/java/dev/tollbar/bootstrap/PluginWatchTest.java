package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginWatchTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path work;
  private final LinkedBlockingQueue<List<String>> swaps = new LinkedBlockingQueue<>();
  private volatile boolean failing;
  private Path jars = Path.of("");
  private PluginFolder folder = new PluginFolder(Path.of(""), Path.of(""));
  private PluginWatch watch = new PluginWatch(folder, () -> {});

  @BeforeEach
  void start() throws IOException {
    jars = Files.createDirectory(work.resolve("plugins"));
    Files.writeString(jars.resolve("first.jar"), "first");
    folder = new PluginFolder(jars, Files.createDirectory(work.resolve("copies")));
  }

  /** Begins to watch a folder that was loaded as it is. */
  private void begin() throws IOException, InterruptedException {
    folder.load();
    watch = new PluginWatch(folder, this::swap);
    watch.start();
  }

  private void swap() throws IOException {
    swaps.add(folder.look().keySet().stream().sorted().toList());
    if (failing) {
      throw new IOException("on purpose");
    }
  }

  private List<String> nextSwap() throws InterruptedException {
    List<String> next = swaps.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return next == null ? List.of("no swap") : next;
  }

  /** Puts a file into its place in one step. */
  private static void rename(Path target, String text) throws IOException {
    Path draft = Files.writeString(target.resolveSibling("draft"), text);
    Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
  }

  @AfterEach
  void stop() throws IOException {
    watch.close();
    folder.close();
  }

  private static void await(BooleanSupplier holds) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holds.getAsBoolean() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    assertThat(holds.getAsBoolean()).isTrue();
  }

  @Test
  void swapsForWhatIsPutInReplacedAndTakenAwayAndForNothingElse() throws Exception {
    begin();

    Files.writeString(jars.resolve("notes.txt"), "no jar");
    rename(jars.resolve("second.jar"), "second");
    assertThat(nextSwap()).containsExactly("first.jar", "second.jar");

    rename(jars.resolve("first.jar"), "First");
    assertThat(nextSwap()).containsExactly("first.jar", "second.jar");

    Files.delete(jars.resolve("second.jar"));
    assertThat(nextSwap()).containsExactly("first.jar");
    assertThat(swaps).isEmpty();
    assertThat(watch.problems()).isEmpty();
  }

  @Test
  void aSwapThatFailsIsAProblemUntilOneSucceeds() throws Exception {
    begin();
    failing = true;
    rename(jars.resolve("second.jar"), "second");
    nextSwap();
    String problem =
        "the plugins folder "
            + jars
            + " could not be loaded; the plugins that were loaded stay in force";
    await(() -> watch.problems().equals(List.of(problem)));

    failing = false;
    rename(jars.resolve("third.jar"), "third");

    assertThat(nextSwap()).containsExactly("first.jar", "second.jar", "third.jar");
    await(() -> watch.problems().isEmpty());
  }

  @Test
  void aFolderThatGoesAwayIsAProblemUntilItIsBack() throws Exception {
    begin();
    Path away = work.resolve("away");
    Files.move(jars, away);
    String problem =
        "the plugins folder "
            + jars
            + " cannot be read; the plugins that were loaded stay in force";
    await(() -> watch.problems().equals(List.of(problem)));

    Files.move(away, jars);

    assertThat(nextSwap()).containsExactly("first.jar");
    await(() -> watch.problems().isEmpty());
  }
}
