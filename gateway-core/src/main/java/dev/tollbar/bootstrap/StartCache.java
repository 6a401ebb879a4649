package dev.tollbar.bootstrap;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the start-up cache beside a gateway that was started without one, in a process of its own:
 * the launcher's {@code start-cache}. Closing it ends that process.
 */
final class StartCache implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StartCache.class);

  /** The launcher's word for the file that this start wanted; none where it must not be made. */
  private static final String WANTED = "tollbar.startCache";

  /** The gateway's own first calls come first. */
  private static final Duration AFTER = Duration.ofSeconds(5);

  private final Optional<Thread> making;

  private StartCache(Optional<Thread> making) {
    this.making = making;
  }

  /** Begins, if this process was started without a cache and may make one. */
  static StartCache makeIfMissing() {
    Optional<Path> wanted = Optional.ofNullable(System.getProperty(WANTED)).map(Path::of);
    Optional<Path> home = Optional.ofNullable(System.getProperty("tollbar.home")).map(Path::of);
    if (wanted.isEmpty() || home.isEmpty() || Files.exists(wanted.get())) {
      return new StartCache(Optional.empty());
    }
    Path launcher = home.get().resolve("bin").resolve("tollbar");
    return new StartCache(
        Optional.of(Thread.ofVirtual().name("start-cache").start(() -> make(launcher))));
  }

  private static void make(Path launcher) {
    try {
      Thread.sleep(AFTER);
      ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "start-cache");
      builder.environment().put("TOLLBAR_JAVA_HOME", System.getProperty("java.home"));
      Process process =
          builder
              .redirectInput(Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start();
      try {
        int code = process.waitFor();
        if (code == 0) {
          LOG.info("the start-up cache is made: the next start is faster");
        } else {
          LOG.info("no start-up cache could be made; see: tollbar start-cache");
        }
      } finally {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
      }
    } catch (IOException e) {
      LOG.info("no start-up cache could be made: {}", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // the gateway is stopping
    }
  }

  @Override
  public void close() {
    making.ifPresent(Thread::interrupt);
  }
}
