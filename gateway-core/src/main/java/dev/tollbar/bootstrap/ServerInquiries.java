package dev.tollbar.bootstrap;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.ServerSpec;
import dev.tollbar.legacy.EraLines;
import dev.tollbar.lint.ServerTools.Listed;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.helpers.NOPLogger;

/**
 * Asks the servers of a document for their tools, all at once, each for a bounded time. One that
 * does not answer stops no other.
 */
final class ServerInquiries {
  private final Path folder;
  private final Duration patience;
  private final Consumer<String> progress;
  private final Map<String, List<Listed>> listed = new LinkedHashMap<>();
  private final Map<String, String> silent = new LinkedHashMap<>();

  private static final Duration GOODBYE = Duration.ofSeconds(10);

  private record Asked(ServerSpec spec, FutureTask<List<Listed>> answer, Thread thread) {}

  /**
   * Inquiries for one document.
   *
   * @param folder of the document
   * @param patience how long each server may take in all
   * @param progress told a line at a time how far it is
   */
  ServerInquiries(Path folder, Duration patience, Consumer<String> progress) {
    this.folder = folder;
    this.patience = patience;
    this.progress = progress;
  }

  /** What each server listed, as far as it answered. */
  Map<String, List<Listed>> listed() {
    return listed;
  }

  /** Why the others did not. */
  Map<String, String> silent() {
    return silent;
  }

  void ask(Collection<ServerSpec> specs) throws InterruptedException {
    List<Asked> asked = new ArrayList<>();
    long end = System.nanoTime() + patience.toNanos();
    for (ServerSpec spec : specs) {
      progress.accept("asking the server " + spec.name() + " for its tools");
      FutureTask<List<Listed>> answer = new FutureTask<>(() -> tools(spec));
      Thread thread = Thread.ofVirtual().name("inquiry-" + spec.name()).start(answer);
      asked.add(new Asked(spec, answer, thread));
    }
    for (Asked one : asked) {
      await(one, end);
    }
    for (Asked one : asked) {
      // A program that was started is ended before this one ends.
      one.thread().join(GOODBYE);
    }
  }

  private void await(Asked asked, long end) throws InterruptedException {
    String name = asked.spec().name();
    try {
      List<Listed> tools =
          asked.answer().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      listed.put(name, tools);
      progress.accept("the server " + name + " has " + tools.size() + " tools");
    } catch (TimeoutException _) {
      asked.answer().cancel(true);
      silent(name, "no answer within " + patience.toSeconds() + "s");
    } catch (ExecutionException e) {
      silent(name, reason(Optional.ofNullable(e.getCause()).orElse(e)));
    }
  }

  private void silent(String name, String reason) {
    silent.put(name, reason);
    progress.accept("the server " + name + " did not answer: " + reason);
  }

  private static String reason(Throwable failure) {
    return switch (failure) {
      case UpstreamException e -> String.valueOf(e.getMessage());
      case DocumentException e -> e.problems().getFirst().message();
      default -> "it could not be asked";
    };
  }

  private List<Listed> tools(ServerSpec spec)
      throws DocumentException, UpstreamException, InterruptedException {
    Duration silence = spec.timeout().compareTo(patience) < 0 ? spec.timeout() : patience;
    UpstreamContext context =
        new UpstreamContext(spec.name(), silence, folder, NOPLogger.NOP_LOGGER);
    try (UpstreamTransport transport = spec.open(context);
        EraLines lines =
            new EraLines(
                spec.name(),
                transport,
                Build.version(),
                InstantSource.system(),
                new SecureRandom());
        UpstreamSession session = lines.forSession()) {
      return new ServerInquiry(session).tools();
    }
  }
}
