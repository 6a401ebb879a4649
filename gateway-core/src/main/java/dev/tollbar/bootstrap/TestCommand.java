package dev.tollbar.bootstrap;

import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.plugins.Generation;
import dev.tollbar.policy.Wording;
import dev.tollbar.trial.FileReport;
import dev.tollbar.trial.Offline;
import dev.tollbar.trial.TestFiles;
import dev.tollbar.trial.TestReport;
import dev.tollbar.trial.TestRun;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar test}. */
@Command(
    name = "test",
    description = {
      "Runs the cases that stand beside policies, in files called NAME.test.yaml.",
      "No server is reached, nobody is asked, nothing is kept.",
      "Exit code 0 if all is as expected, 1 if a case failed, 2 if a file is wrong, 3 if a rule never decided anything and --strict."
    })
final class TestCommand implements Callable<Integer> {
  @Mixin private Folders folders = new Folders();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "DIR|FILE",
      arity = "1..*",
      description = "Test files, or folders in which they are looked for, also further down.")
  private List<Path> paths = new ArrayList<>();

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "Also writes what came of it as JUnit XML, for build servers.")
  private @Nullable Path junit;

  @Option(
      names = "--strict",
      description = "A rule that never decided anything makes the exit code 3.")
  private boolean strict;

  @Override
  public Integer call() throws CommandException, InterruptedException {
    List<Path> files = files();
    try (Generation generation = Plugins.load(folders);
        RuleWatch watch = GatewayProcess.ruleWatch()) {
      TestReport report = run(files, new Offline(new DocumentKinds(generation), watch));
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.text(Colours.palette()));
      out.flush();
      write(report);
      if (report.failures() > 0) {
        return Main.FAILED;
      }
      return strict && !report.everyRuleDecided() ? Main.FINDINGS : Main.DONE;
    }
  }

  private List<Path> files() throws CommandException {
    List<Path> files = new ArrayList<>();
    for (Path path : paths) {
      if (!Files.exists(path)) {
        throw CommandException.badInput("tollbar: there is no file or folder " + path + ".");
      }
      try {
        List<Path> found = TestFiles.in(path);
        if (found.isEmpty()) {
          throw CommandException.badInput(
              "tollbar: there are no test files in " + path + ": none is called NAME.test.yaml.");
        }
        found.stream().filter(file -> !files.contains(file)).forEach(files::add);
      } catch (IOException e) {
        String where =
            e instanceof FileSystemException one && one.getFile() != null
                ? one.getFile()
                : path.toString();
        throw CommandException.badInput("tollbar: " + where + " cannot be read.");
      }
    }
    return files;
  }

  /** Nothing is run unless everything can be read. */
  private static TestReport run(List<Path> files, Offline offline)
      throws CommandException, InterruptedException {
    List<TestRun> runs = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    try {
      for (Path file : files) {
        try {
          runs.add(TestRun.open(file, offline));
        } catch (DocumentException e) {
          e.problems().stream().filter(one -> !problems.contains(one)).forEach(problems::add);
        }
      }
      if (!problems.isEmpty()) {
        throw CommandException.badInput(Problem.text(problems));
      }
      List<FileReport> reports = new ArrayList<>();
      for (TestRun run : runs) {
        reports.add(run.run());
      }
      return new TestReport(reports);
    } finally {
      runs.forEach(TestRun::close);
    }
  }

  private void write(TestReport report) throws CommandException {
    if (junit == null) {
      return;
    }
    try {
      Files.writeString(junit, report.junit(), StandardCharsets.UTF_8);
    } catch (IOException _) {
      throw CommandException.badInput(
          "tollbar: --junit: expected a file that can be written; found "
              + Wording.quote(junit.toString())
              + ".");
    }
  }
}
