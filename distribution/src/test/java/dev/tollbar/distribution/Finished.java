package dev.tollbar.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** What a program that has ended said. */
record Finished(int exitCode, String out, String err) {

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  /** Runs a program to its end, with an empty standard input. */
  static Finished run(ProcessBuilder program) throws IOException, InterruptedException {
    Process process = program.start();
    try {
      process.getOutputStream().close();
      FutureTask<String> err = new FutureTask<>(() -> text(process.getErrorStream()));
      Thread.ofVirtual().name("standard-error").start(err);
      String out = text(process.getInputStream());
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException(program.command() + " did not end; it said: " + out);
      }
      return new Finished(process.exitValue(), out, err.get());
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } finally {
      process.destroyForcibly();
    }
  }

  private static String text(InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }
}
