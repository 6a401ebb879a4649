package dev.tollbar.bootstrap;

import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.trial.Offline;
import dev.tollbar.trial.TestFiles;
import dev.tollbar.trial.TestRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Lets a revision into force only if the tests pass that its document asks for: those in the folder
 * that test the document, or a file that it is made of. For one revision and one thread.
 */
final class TestGate {
  private final DocumentSource source;
  private final ReadContext context;
  private final Set<Path> files = new HashSet<>();

  TestGate(DocumentSource source, ReadContext context) {
    this.source = source;
    this.context = context;
  }

  /** What was read or looked for: a change of these may mend a failure. */
  Set<Path> files() {
    return Set.copyOf(files);
  }

  /** Why the revision must not come into force; nothing if it may. */
  List<Problem> problems(Revision next) {
    if (next.reloadTests().isEmpty()) {
      return List.of();
    }
    Path folder =
        source
            .file()
            .map(file -> file.toAbsolutePath().getParent())
            .orElseGet(source::folder)
            .resolve(next.reloadTests().get().folder())
            .normalize();
    files.add(folder);
    if (!Files.isDirectory(folder)) {
      return List.of(asked("expected a folder of tests; found none at " + folder));
    }
    List<Problem> problems = new ArrayList<>();
    try (RuleWatch watch = GatewayProcess.ruleWatch()) {
      List<Path> mine = mine(folder, next, problems);
      if (mine.isEmpty() && problems.isEmpty()) {
        problems.add(asked("expected a test of this document in " + folder + "; found none"));
      }
      Offline offline = new Offline(context.kinds(), watch);
      for (Path file : mine) {
        run(file, offline, problems);
      }
    } catch (IOException _) {
      problems.add(asked("expected a folder of tests that can be read; found " + folder));
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      problems.add(asked("its tests were interrupted"));
    }
    if (problems.isEmpty() && !isStillThere(next)) {
      problems.add(asked("it was changed while it was tested"));
    }
    return problems;
  }

  private Problem asked(String message) {
    return new Problem(source.name(), 0, 0, "/on_reload", message);
  }

  private List<Path> mine(Path folder, Revision next, List<Problem> problems) throws IOException {
    List<Path> mine = new ArrayList<>();
    for (Path file : TestFiles.in(folder)) {
      files.add(file);
      try {
        Path subject = TestFiles.subject(file);
        if (next.files().stream().anyMatch(used -> used.equals(subject) || same(used, subject))) {
          mine.add(file);
        }
      } catch (DocumentException e) {
        problems.addAll(e.problems());
      }
    }
    return mine;
  }

  private static boolean same(Path one, Path other) {
    try {
      return one.toRealPath().equals(other.toRealPath());
    } catch (IOException _) {
      return false;
    }
  }

  private static void run(Path file, Offline offline, List<Problem> problems)
      throws InterruptedException {
    try (TestRun run = TestRun.open(file, offline)) {
      problems.addAll(run.run().problems());
    } catch (DocumentException e) {
      problems.addAll(e.problems());
    }
  }

  /** Tests read the files anew: what they have passed must be what comes into force. */
  private boolean isStillThere(Revision next) {
    if (source.read(context) instanceof Reading.Loaded(Revision again)) {
      again.close();
      return again.id().equals(next.id());
    }
    return false;
  }
}
