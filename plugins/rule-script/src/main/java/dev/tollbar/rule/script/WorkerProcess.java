package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A JVM that runs scripts apart from the gateway: a heap of its own, no environment, and nothing
 * that it says is believed but short JSON. It ends when the gateway does, because it reads from it.
 * One request at a time; for one borrower at a time.
 */
final class WorkerProcess {
  /** What {@code -XX:+ExitOnOutOfMemoryError} ends a JVM with. */
  private static final int OUT_OF_MEMORY = 3;

  private static final List<String> OPTIONS =
      List.of(
          "-Xmx128m",
          "-Xss1m",
          "-XX:MaxMetaspaceSize=128m",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          "-XX:-CreateCoredumpOnCrash",
          "-Xshare:auto",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow");

  private final Process process;
  private final DataOutputStream requests;
  private final DataInputStream replies;
  private final BlockingQueue<Exchange> waiting = new LinkedBlockingQueue<>();
  private final Set<Long> loaded = new HashSet<>();
  private CompletableFuture<byte[]> pending = CompletableFuture.completedFuture(new byte[0]);
  private long pendingUntil;

  private record Exchange(byte[] request, CompletableFuture<byte[]> reply) {}

  private WorkerProcess(Process process) {
    this.process = process;
    this.requests = new DataOutputStream(process.getOutputStream());
    this.replies = new DataInputStream(new BufferedInputStream(process.getInputStream()));
    // Reading and writing block, the latter too if the other side does not read.
    Crew.thread("script-process-" + process.pid(), this::talk).start();
  }

  /**
   * Starts one and waits until it is warm.
   *
   * @throws IOException if it does not start in time
   */
  static WorkerProcess start(Duration within) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(OPTIONS);
    command.add("-cp");
    command.add(ownPlace() + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(WorkerMain.class.getName());
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(new File(System.getProperty("java.io.tmpdir")))
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    WorkerProcess worker = new WorkerProcess(builder.start());
    CompletableFuture<byte[]> ready = worker.ask(new byte[0]);
    boolean warm = false;
    try {
      warm =
          Frames.json(ready.get(within.toNanos(), TimeUnit.NANOSECONDS)).path("ready").asBoolean();
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("a worker process did not start", e);
    } finally {
      if (!warm) {
        worker.kill();
      }
    }
    if (!warm) {
      throw new IOException("a worker process did not say that it is ready");
    }
    return worker;
  }

  /** The jar of this plugin, or its folder of classes. */
  private static String ownPlace() throws IOException {
    try {
      return Path.of(WorkerMain.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (URISyntaxException e) {
      throw new IOException("the plugin's own place has no path", e);
    }
  }

  private void talk() {
    Exchange exchange = null;
    try {
      while (true) {
        exchange = waiting.take();
        if (exchange.request().length > 0) {
          Frames.write(requests, exchange.request());
        }
        exchange.reply().complete(Frames.read(replies, Frames.LONGEST_REPLY));
      }
    } catch (IOException | InterruptedException e) {
      kill();
      if (exchange != null) {
        exchange.reply().completeExceptionally(e);
      }
      for (Exchange each = waiting.poll(); each != null; each = waiting.poll()) {
        each.reply().completeExceptionally(e);
      }
    }
  }

  /** The reply to a request; none is waited for where the request is empty. */
  private CompletableFuture<byte[]> ask(byte[] request) {
    Exchange exchange = new Exchange(request, new CompletableFuture<>());
    waiting.add(exchange);
    return exchange.reply();
  }

  /**
   * Asks, and waits for the reply. A process that gives none in time is killed.
   *
   * @throws ScriptFailure if there is no reply
   */
  JsonNode ask(JsonNode request, Duration within, String late)
      throws ScriptFailure, InterruptedException {
    try {
      byte[] frame = Frames.bytes(request);
      if (frame.length > Frames.LONGEST_REQUEST) {
        throw new ScriptFailure(Kind.THREW, "the call is too large for a worker process");
      }
      pending = ask(frame);
      pendingUntil = System.nanoTime() + within.toNanos();
      return Frames.json(pending.get(within.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      kill();
      throw new ScriptFailure(Kind.TOO_LONG, late);
    } catch (ExecutionException | IOException e) {
      kill();
      throw ended();
    }
  }

  /**
   * Waits for what a borrower that was interrupted did not wait for: an agent that leaves must not
   * cost a process each time.
   *
   * @return whether the process can be lent again
   */
  boolean settle() throws InterruptedException {
    try {
      byte[] reply = pending.get(pendingUntil - System.nanoTime(), TimeUnit.NANOSECONDS);
      return !Frames.json(reply).has("failure");
    } catch (TimeoutException | ExecutionException | IOException e) {
      return false;
    }
  }

  private ScriptFailure ended() throws InterruptedException {
    boolean dead = process.waitFor(1, TimeUnit.SECONDS);
    return dead && process.exitValue() == OUT_OF_MEMORY
        ? new ScriptFailure(Kind.TOO_MUCH_MEMORY, "its worker process ran out of memory")
        : new ScriptFailure(Kind.CRASHED, "its worker process ended");
  }

  /** The scripts that it has. For its borrower. */
  Set<Long> loaded() {
    return loaded;
  }

  boolean alive() {
    return process.isAlive();
  }

  long pid() {
    return process.pid();
  }

  void kill() {
    process.destroyForcibly();
  }
}
