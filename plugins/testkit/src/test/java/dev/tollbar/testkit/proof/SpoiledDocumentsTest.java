package dev.tollbar.testkit.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import dev.tollbar.document.Reading;
import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.PluginLoader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random bytes and spoiled documents are read or refused, in the words of the file: the reader
 * never throws, hangs or takes much memory. {@code -Dfuzz.cases=1000000} asks for more of them,
 * {@code -Dfuzz.seed=N} for those of another run.
 */
class SpoiledDocumentsTest {
  /** Far more than any takes, and far less than one that hangs. */
  private static final Duration HANGS = Duration.ofSeconds(60);

  /** What reading allocates in all, for each byte of a file, and for the smallest. */
  private static final long BYTES_A_BYTE = 2_000;

  private static final long BYTES_ALWAYS = 256L << 20;

  /** The same when a failure is tried again. */
  private static final long SEED = Long.getLong("fuzz.seed", new Random().nextLong());

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  @Test
  void spoiledDocumentsAreReadOrRefused() throws Exception {
    long cases = Long.getLong("fuzz.cases", 2_000);
    System.out.println("spoiled documents: " + cases + " cases, -Dfuzz.seed=" + SEED);
    Mutations mutations = new Mutations(examples(), new Random(SEED));
    int[] loaded = new int[2];
    try (Generation generation = generation()) {
      Proof proof = new Proof(generation, folder);
      for (long done = 0; done < cases; done++) {
        byte[] document = mutations.next();
        loaded[isLoaded(proof, document, "seed " + SEED) ? 1 : 0]++;
      }
    }
    System.out.printf("spoiled documents: %d refused, %d read%n", loaded[0], loaded[1]);
    assertThat(loaded[0]).as("refused").isPositive();
    assertThat(loaded[1]).as("read").isPositive();
  }

  @Test
  void largeDocumentsTakeMemoryInProportion() throws Exception {
    try (Generation generation = generation()) {
      Proof proof = new Proof(generation, folder);
      for (String piece :
          List.of(
              "7",
              "x",
              "é",
              "a b ",
              "[",
              "{",
              "{a: ",
              "- ",
              "? ",
              "'",
              "\"",
              "\\",
              "#",
              "| ",
              ": ",
              ",",
              "[],",
              "a,",
              "&a [",
              "*a ",
              "!a ",
              "\n",
              " \n",
              "a: 1\n",
              "- a\n",
              "? a\n",
              "\t",
              "\"a\":1,",
              "%TAG ! x\n",
              "--- ",
              "...\n",
              "{\"a\":")) {
        String text = piece.repeat(300_000 / piece.length());
        for (String around :
            List.of(
                "%s",
                "version: \"2\"\ndefault: %s",
                "{\"version\":\"1\",\"tools\":{%s}}",
                "a: |\n %s",
                "'%s'")) {
          isLoaded(
              proof, around.formatted(text).getBytes(StandardCharsets.UTF_8), "300 KB of " + piece);
        }
      }
    }
  }

  private Generation generation() throws IOException, InterruptedException {
    return new PluginLoader().load(Path.of("target", "plugins"), folder.resolve("plugins"));
  }

  private static List<byte[]> examples() throws IOException {
    List<byte[]> examples = new ArrayList<>();
    for (String name : List.of("policies", "convert", "tight-policy", "transports")) {
      try (Stream<Path> files = Files.list(Path.of("..", "..", "scripts-examples", name))) {
        for (Path file : files.sorted().toList()) {
          examples.add(Files.readAllBytes(file));
        }
      }
    }
    assertThat(examples).hasSizeGreaterThan(20);
    return examples;
  }

  /** Reads it as JSON and as YAML; whether either can go live. */
  private static boolean isLoaded(Proof proof, byte[] document, String what) {
    boolean loaded = false;
    for (String ending : List.of(".json", ".yaml")) {
      String which = what + ", " + ending + "\n" + excerpt(document);
      Reading reading =
          assertTimeoutPreemptively(HANGS, () -> bounded(proof, document, ending, which), which);
      loaded |= isLoaded(reading, which);
    }
    return loaded;
  }

  private static Reading bounded(Proof proof, byte[] document, String ending, String which) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    try {
      return proof.check(document, ending);
    } catch (IOException | RuntimeException | StackOverflowError | OutOfMemoryError e) {
      return fail(which, e);
    } finally {
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before)
          .as(which)
          .isLessThan(BYTES_ALWAYS + BYTES_A_BYTE * document.length);
    }
  }

  private static boolean isLoaded(Reading reading, String which) {
    return switch (reading) {
      case Reading.Loaded loaded -> {
        loaded.revision().close();
        yield true;
      }
      case Reading.Rejected rejected -> {
        assertThat(rejected.text())
            .as(which)
            .doesNotContain("Exception", "java.", "dev.tollbar", "com.fasterxml", "org.yaml");
        yield false;
      }
    };
  }

  private static String excerpt(byte[] document) {
    return document.length > 20_000
        ? document.length + " bytes"
        : Base64.getEncoder().encodeToString(document);
  }
}
