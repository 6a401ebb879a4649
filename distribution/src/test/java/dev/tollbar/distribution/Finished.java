package dev.tollbar.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a program that has ended said. */
record Finished(int exitCode, String out, String err) {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Runs a program to its end, with an empty standard input. */
  static Finished run(ProcessBuilder program) throws IOException, InterruptedException {
    Process process = program.start();
    try {
      process.getOutputStream().close();
      CompletableFuture<String> err =
          CompletableFuture.supplyAsync(() -> text(process.getErrorStream()));
      String out = text(process.getInputStream());
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(program.command() + " did not end; it said: " + out);
      }
      return new Finished(process.exitValue(), out, err.join());
    } finally {
      process.destroyForcibly();
    }
  }

  private static String text(InputStream in) {
    try {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
