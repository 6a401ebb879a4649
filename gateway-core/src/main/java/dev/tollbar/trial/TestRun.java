package dev.tollbar.trial;

import dev.tollbar.document.DocumentException;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Outline;
import dev.tollbar.document.Problem;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.document.StrictFile;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Wording;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A test file with what it tests, ready to run. It reaches no server, asks nobody and keeps
 * nothing. One thread; close it.
 */
public final class TestRun implements AutoCloseable {
  private static final String ONLY = "default";

  private final String name;
  private final StrictFile<TestFile> file;
  private final Bench bench;
  private final Setting setting;
  private final Offline offline;

  private TestRun(
      String name, StrictFile<TestFile> file, Bench bench, Setting setting, Offline offline) {
    this.name = name;
    this.file = file;
    this.bench = bench;
    this.setting = setting;
    this.offline = offline;
  }

  /**
   * Reads a test file and what it tests, strictly.
   *
   * @throws DocumentException with everything that is wrong with either
   */
  public static TestRun open(Path path, Offline offline) throws DocumentException {
    StrictFile<TestFile> file = read(path);
    Setting setting = new Setting();
    Revision revision = subject(path, file, offline.context(setting, setting));
    TestRun run =
        new TestRun(path.toString(), file, Bench.of(revision, List.of()), setting, offline);
    List<Problem> problems = run.problems();
    if (!problems.isEmpty()) {
      run.close();
      throw new DocumentException(problems);
    }
    return run;
  }

  private static StrictFile<TestFile> read(Path path) throws DocumentException {
    try {
      return StrictFile.read(path, TestFile.class);
    } catch (DocumentException e) {
      Optional<Outline> document =
          Outline.of(path)
              .filter(outline -> outline.root().has("version") && !outline.root().has("cases"));
      throw document
          .map(found -> new DocumentException(List.of(found.at("", notCases(path)))))
          .orElse(e);
    }
  }

  private static String notCases(Path path) {
    String name = String.valueOf(path.getFileName());
    return "expected a test file, such as "
        + Wording.quote(name.replaceFirst("(\\.test)?\\.[a-z]+$", ".test.yaml"))
        + "; found a document";
  }

  private static Revision subject(Path path, StrictFile<TestFile> file, ReadContext context)
      throws DocumentException {
    boolean policy = file.content().policy().isPresent();
    Path folder = Optional.ofNullable(path.getParent()).orElse(Path.of(""));
    Path subject = folder.resolve(file.content().subject()).normalize();
    if (!Files.exists(subject) || Files.isDirectory(subject)) {
      String found = "; found " + Wording.quote(file.content().subject());
      throw new DocumentException(
          List.of(
              file.problem(
                  policy ? "/policy" : "/document",
                  Files.exists(subject)
                      ? "expected a file, and no folder" + found + ", which is a folder"
                      : "expected a file that exists" + found + ", which does not exist")));
    }
    DocumentReader reader = new DocumentReader(context);
    Reading reading = policy ? reader.readPolicy(subject, ONLY) : reader.compare(subject);
    return switch (reading) {
      case Reading.Loaded loaded -> loaded.revision();
      case Reading.Rejected rejected -> throw new DocumentException(rejected.problems());
    };
  }

  /** What is wrong with the file, as far as only the document can tell. */
  private List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    Set<String> counters = counters();
    file.content().given().ifPresent(given -> unknownCounters(given, "/given", counters, problems));
    List<TestFile.Case> cases = file.content().cases();
    for (int i = 0; i < cases.size(); i++) {
      TestFile.Case each = cases.get(i);
      String pointer = "/cases/" + i;
      each.given()
          .ifPresent(given -> unknownCounters(given, pointer + "/given", counters, problems));
      backward(each, pointer, problems);
      if (file.content().given(each).server().isEmpty() && bench.servers().size() > 1) {
        problems.add(
            file.problem(
                pointer,
                "expected a server in given: the document has "
                    + String.join(", ", bench.servers())));
      }
    }
    return problems;
  }

  /** What counters can be named by. */
  private Set<String> counters() {
    Set<String> names = new TreeSet<>();
    for (Policy policy : bench.revision().policies().values()) {
      for (ConfiguredRule rule : policy.rules()) {
        names.add(rule.pointer());
        rule.id().ifPresent(names::add);
        Optional.ofNullable(rule.config().path("counter").textValue()).ifPresent(names::add);
      }
    }
    return names;
  }

  private void unknownCounters(
      TestFile.Given given, String pointer, Collection<String> known, List<Problem> problems) {
    for (String counter : given.counters().keySet()) {
      if (!known.contains(counter)) {
        problems.add(
            file.problem(
                pointer + "/counters/" + counter.replace("~", "~0").replace("/", "~1"),
                "expected the name of a counter, or the id or pointer of a rule; found "
                    + Wording.quote(counter)
                    + Wording.didYouMean(counter, known)));
      }
    }
  }

  private void backward(TestFile.Case each, String pointer, List<Problem> problems) {
    Instant before = file.content().given(each).time();
    for (int i = 0; i < each.calls().size(); i++) {
      Optional<Instant> at = each.calls().get(i).at().map(Moment::instant);
      if (at.isPresent() && at.get().isBefore(before)) {
        problems.add(
            file.problem(
                pointer + "/calls/" + i + "/at",
                "expected a time that is not before " + before + "; found " + at.get()));
      }
      before = at.filter(before::isBefore).orElse(before);
    }
  }

  /** Runs every case by itself. */
  public FileReport run() throws InterruptedException {
    RuleUses uses = new RuleUses(bench.revision().policies().values());
    List<CaseReport> reports = new ArrayList<>();
    List<TestFile.Case> cases = file.content().cases();
    for (int i = 0; i < cases.size(); i++) {
      reports.add(run(cases.get(i), "/cases/" + i, uses));
    }
    return new FileReport(name, file.content().subject(), reports, uses.all());
  }

  private CaseReport run(TestFile.Case each, String pointer, RuleUses uses)
      throws InterruptedException {
    TestFile.Given given = file.content().given(each);
    CaseRun run = new CaseRun(given, server(given), bench, setting, offline.watch(), uses);
    for (int i = 0; i < each.calls().size(); i++) {
      Optional<CaseRun.Surprise> surprise = run.step(each.calls().get(i));
      if (surprise.isPresent()) {
        Problem place = file.problem(pointer + "/calls/" + i + surprise.get().key(), "");
        return new CaseReport(
            each.name(),
            Optional.of(
                new CaseReport.Failure(
                    place.line(),
                    place.column(),
                    "call " + (i + 1) + ": " + surprise.get().call(),
                    surprise.get().message(),
                    surprise.get().differences(),
                    surprise.get().judged())));
      }
    }
    return new CaseReport(each.name(), Optional.empty());
  }

  private String server(TestFile.Given given) {
    return given
        .server()
        .orElseGet(() -> bench.servers().isEmpty() ? ONLY : bench.servers().getFirst());
  }

  /** Closes the rules of what was on test. */
  @Override
  public void close() {
    bench.revision().close();
  }
}
