package dev.tollbar.rule.script;

import dev.tollbar.api.Explanation;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.KindCommand;
import dev.tollbar.api.Observation;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code tollbar script}: tries scripts without a document. */
final class ScriptCommand implements KindCommand {
  private static final String USAGE =
      """
      Usage: tollbar script run FILE --call CALL.json [--folder DIR]
             tollbar script test FILE|DIR… [--folder DIR]
      run   says what a script answers to one call, and what it read of it.
      test  runs the cases beside scripts: those of pay.js are in pay.cases.json.
      --folder DIR  The folder of the document, which imports may not leave. Default: the script's own.
      """;
  private static final String SCRIPT_ENDING = ".js";
  private static final String CASES_ENDING = ".cases.json";

  private final ScriptKind kind;

  ScriptCommand(ScriptKind kind) {
    this.kind = kind;
  }

  /** What was asked for. */
  private record Wanted(List<String> files, Optional<String> call, Optional<String> folder) {}

  private static final class Misuse extends Exception {
    private static final long serialVersionUID = 1L;

    Misuse(String message) {
      super(message, null, false, false);
    }
  }

  @Override
  public int run(List<String> arguments, PrintWriter out, PrintWriter err)
      throws InterruptedException {
    if (arguments.isEmpty()) {
      err.print(USAGE);
      return BAD_INPUT;
    }
    try {
      Wanted wanted = wanted(arguments.subList(1, arguments.size()));
      return switch (arguments.getFirst()) {
        case "run" -> run(wanted, out);
        case "test" -> test(wanted, out, err);
        default ->
            throw new Misuse("expected run or test; found " + Text.quoted(arguments.getFirst()));
      };
    } catch (Misuse | InvalidPathException e) {
      err.println("tollbar script: " + e.getMessage());
      err.println("See: tollbar script");
      return BAD_INPUT;
    } catch (CallFile.Problems e) {
      e.lines().forEach(err::println);
      return BAD_INPUT;
    } catch (Unusable e) {
      err.println(e.found());
      return BAD_INPUT;
    }
  }

  private static Wanted wanted(List<String> arguments) throws Misuse {
    List<String> files = new ArrayList<>();
    Optional<String> call = Optional.empty();
    Optional<String> folder = Optional.empty();
    Iterator<String> rest = arguments.iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (!argument.startsWith("--")) {
        files.add(argument);
        continue;
      }
      if (!argument.equals("--call") && !argument.equals("--folder")) {
        throw new Misuse("there is no option " + Text.quoted(argument));
      }
      if (!rest.hasNext()) {
        throw new Misuse(argument + " names nothing");
      }
      if (argument.equals("--call")) {
        call = Optional.of(rest.next());
      } else {
        folder = Optional.of(rest.next());
      }
    }
    return new Wanted(files, call, folder);
  }

  private int run(Wanted wanted, PrintWriter out)
      throws Misuse, CallFile.Problems, Unusable, InterruptedException {
    if (wanted.files().size() != 1) {
      throw new Misuse("run takes one script; found " + wanted.files().size());
    }
    Path callFile =
        Path.of(wanted.call().orElseThrow(() -> new Misuse("run needs --call CALL.json")));
    JsonCall call = CallFile.call(callFile);
    try (Rule rule = load(Path.of(wanted.files().getFirst()), wanted.folder())) {
      Explanation explanation = rule.explain(call);
      out.println(text(explanation.verdict()));
      for (Observation seen : explanation.observations()) {
        out.println("  " + seen.subject() + " " + seen.text());
      }
      return isVerdict(explanation.verdict()) ? DONE : FAILED;
    }
  }

  private static boolean isVerdict(Verdict verdict) {
    return !(verdict instanceof Verdict.Deny deny && deny.code() == Verdict.Code.RULE_ERROR);
  }

  private static String text(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Permit permit -> "permit";
      case Verdict.Deny deny when !isVerdict(deny) -> "no verdict, which denies: " + deny.reason();
      case Verdict.Deny deny -> "deny: " + Text.line(deny.reason(), 1001);
      case Verdict.Ask ask -> "ask: " + Text.line(ask.question().reason(), 1001);
    };
  }

  private int test(Wanted wanted, PrintWriter out, PrintWriter err)
      throws Misuse, InterruptedException {
    if (wanted.call().isPresent()) {
      throw new Misuse("test takes no --call: calls are in the cases beside scripts");
    }
    List<Path> scripts = scripts(wanted.files());
    if (scripts.isEmpty()) {
      throw new Misuse(
          "test needs a script with cases beside it, such as pay.js and pay.cases.json");
    }
    int worst = DONE;
    for (Path script : scripts) {
      try {
        worst = Math.max(worst, test(script, wanted.folder(), out));
      } catch (CallFile.Problems e) {
        e.lines().forEach(err::println);
        worst = BAD_INPUT;
      } catch (Unusable e) {
        err.println(e.found());
        worst = BAD_INPUT;
      }
    }
    return worst;
  }

  private int test(Path script, Optional<String> folder, PrintWriter out)
      throws CallFile.Problems, Unusable, InterruptedException {
    List<CallFile.Case> cases = CallFile.cases(casesOf(script));
    List<String> wrong = new ArrayList<>();
    try (Rule rule = load(script, folder)) {
      for (CallFile.Case each : cases) {
        Explanation explanation = rule.explain(each.call());
        String expected = each.expect() + each.reason().map(reason -> ": " + reason).orElse("");
        if (!fits(each, explanation.verdict())) {
          wrong.add(
              "  case "
                  + each.number()
                  + ": expected "
                  + expected
                  + "; found "
                  + text(explanation.verdict()));
          explanation
              .observations()
              .forEach(seen -> wrong.add("    " + seen.subject() + " " + seen.text()));
        }
      }
    }
    long failed = wrong.stream().filter(line -> line.startsWith("  case ")).count();
    String count = cases.size() == 1 ? "1 case" : cases.size() + " cases";
    out.println(
        script + ": " + count + (failed == 0 ? ", all as expected" : ", " + failed + " wrong"));
    wrong.forEach(out::println);
    return failed == 0 ? DONE : FAILED;
  }

  private static boolean fits(CallFile.Case expected, Verdict verdict) {
    String found = isVerdict(verdict) ? text(verdict) : "";
    return expected.reason().isPresent()
        ? found.equals(expected.expect() + ": " + expected.reason().get())
        : found.equals(expected.expect()) || found.startsWith(expected.expect() + ":");
  }

  /** The scripts named, and those of named folders that have cases. */
  private static List<Path> scripts(List<String> named) throws Misuse {
    List<Path> scripts = new ArrayList<>();
    for (String each : named) {
      Path path = Path.of(each);
      if (!Files.isDirectory(path)) {
        scripts.add(path);
        continue;
      }
      try (Stream<Path> files = Files.walk(path)) {
        files
            .filter(file -> file.toString().endsWith(SCRIPT_ENDING))
            .filter(file -> Files.isRegularFile(casesOf(file)))
            .sorted()
            .forEach(scripts::add);
      } catch (IOException e) {
        throw new Misuse("the folder " + path + " cannot be read");
      }
    }
    return scripts;
  }

  private static Path casesOf(Path script) {
    String name = script.getFileName().toString();
    String stem =
        name.endsWith(SCRIPT_ENDING)
            ? name.substring(0, name.length() - SCRIPT_ENDING.length())
            : name;
    return script.resolveSibling(stem + CASES_ENDING);
  }

  private Rule load(Path script, Optional<String> folder) throws Unusable {
    Path file = script.toAbsolutePath().normalize();
    Path parent = file.getParent() == null ? file : file.getParent();
    Path root = folder.map(Path::of).orElse(parent).toAbsolutePath().normalize();
    String name = root.relativize(file).toString().replace('\\', '/');
    try {
      return kind.create(ScriptConfig.usual(name), new ScriptFolder(root));
    } catch (InvalidConfigException e) {
      InvalidConfigException.Problem problem = e.problems().getFirst();
      throw new Unusable(
          script + ": expected " + problem.expected() + "; found " + problem.found());
    }
  }
}
