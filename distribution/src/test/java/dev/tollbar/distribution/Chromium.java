package dev.tollbar.distribution;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A real browser: Debian's Chromium with its driver. Where it is missing and may be installed, it
 * is.
 */
record Chromium(Path browser, Path driver) {
  private static final String PACKAGES = "chromium chromium-driver";

  /** The browser; empty where there is none and none may be installed. */
  static Optional<Chromium> find() throws IOException, InterruptedException {
    Optional<Chromium> there = onPath();
    return there.isPresent() ? there : installed();
  }

  private static Optional<Chromium> onPath() {
    Optional<Path> browser = program("chromium", "chromium-browser", "google-chrome");
    Optional<Path> driver = program("chromedriver");
    return browser.isPresent() && driver.isPresent()
        ? Optional.of(new Chromium(browser.get(), driver.get()))
        : Optional.empty();
  }

  private static Optional<Path> program(String... names) {
    List<String> folders = List.of(System.getenv().getOrDefault("PATH", "").split(":", -1));
    return Stream.of(names)
        .flatMap(name -> folders.stream().map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Optional<Chromium> installed() throws IOException, InterruptedException {
    boolean may = "root".equals(System.getProperty("user.name")) && program("apt-get").isPresent();
    if (!may) {
      return Optional.empty();
    }
    Path lock = Path.of(System.getProperty("java.io.tmpdir"), "tollbar-chromium.lock");
    // Tests run in several processes, of which the first installs.
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      if (onPath().isEmpty()) {
        Finished.run(
            new ProcessBuilder(
                "sh",
                "-c",
                "apt-get update -qq; apt-get install -y -qq --no-install-recommends " + PACKAGES));
      }
      return onPath();
    }
  }

  /** What a test says that cannot run without it. */
  static String missing() {
    return "skipped: there is no Chromium here. Install it: apt-get install " + PACKAGES;
  }
}
