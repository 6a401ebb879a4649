package dev.tollbar.bootstrap;

import dev.tollbar.audit.ChainCheck;
import dev.tollbar.audit.DecisionReader;
import dev.tollbar.audit.MalformedRecordException;
import dev.tollbar.consent.Texts;
import dev.tollbar.policy.Wording;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar audit}: decision records, checked and shown. */
@Command(
    name = "audit",
    description = "Checks the chain of the decision records, and shows them.",
    subcommands = {AuditCommand.Verify.class, AuditCommand.Show.class},
    synopsisSubcommandLabel = "COMMAND")
final class AuditCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing: verify or show");
  }

  /** The records that are meant: those of a file, a folder, or of the data folder. */
  private static Path existing(@Nullable Path given, Folders folders) throws CommandException {
    Path path = given == null ? folders.dataIfAny() : given.toAbsolutePath();
    if (!Files.exists(path)) {
      throw CommandException.badInput("tollbar: there is no file or folder " + path + ".");
    }
    return path;
  }

  /** {@code tollbar audit verify}. */
  @Command(
      name = "verify",
      description = {
        "Checks that no decision record was removed, edited, put in, moved or cut off.",
        "Works while a gateway writes. Exit code 0 if there is no fault, 1 if there is one, 2 if there is nothing to check."
      })
  static final class Verify implements Callable<Integer> {
    private static final int MOST_FAULTS = 100;
    private static final long WORTH_TELLING = 64 << 20;

    @Mixin private Folders folders = new Folders();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        paramLabel = "FILE|DIR",
        arity = "0..1",
        description =
            "One file of records, or a folder with all of them. Default: the data folder. Of one file it cannot be told whether lines are missing after its last one.")
    private @Nullable Path path;

    @Option(
        names = "--key",
        paramLabel = "FILE",
        description = "The key of the chain. Default: chain.key beside the records.")
    private @Nullable Path key;

    @Option(
        names = "--anchor",
        paramLabel = "LINE:CHAIN",
        description =
            "A newest line that an earlier check has printed, and that was kept elsewhere: it must still be there.")
    private @Nullable String anchor;

    private long faults;

    @Override
    public Integer call() throws CommandException {
      Path target = existing(path, folders);
      boolean folder = Files.isDirectory(target);
      Path keyFile =
          Optional.ofNullable(key)
              .orElseGet(() ->
                  (folder ? target : Objects.requireNonNull(target.getParent()))
                      .resolve("chain.key"));
      try {
        List<Path> files = ChainCheck.filesOf(target);
        if (files.isEmpty() && !Files.exists(keyFile)) {
          throw CommandException.badInput("tollbar: there are no decision records in " + target);
        }
        if (!Files.exists(keyFile)) {
          throw CommandException.badInput(
              "tollbar: the chain cannot be checked without its key, and there is no file "
                  + keyFile
                  + ". Name it with --key.");
        }
        ChainCheck check = new ChainCheck(keyFile, anchor(), this::tell, progress(sizeOf(files)));
        return report(folder ? check.folder(target) : check.file(target));
      } catch (IOException e) {
        throw CommandException.badInput("tollbar: " + e.getMessage());
      }
    }

    private Optional<ChainCheck.Anchor> anchor() throws CommandException {
      if (anchor == null) {
        return Optional.empty();
      }
      Optional<ChainCheck.Anchor> read = ChainCheck.Anchor.of(anchor);
      if (read.isEmpty()) {
        throw CommandException.badInput(
            "tollbar: --anchor: expected a line and its chain, such as 1234:9f86…, as an earlier check has printed them; found "
                + Wording.quote(anchor)
                + ".");
      }
      return read;
    }

    private static long sizeOf(List<Path> files) throws IOException {
      long size = 0;
      for (Path file : files) {
        size += Files.exists(file) ? Files.size(file) : 0;
      }
      return size;
    }

    private LongConsumer progress(long total) {
      if (total < WORTH_TELLING) {
        return _ -> {};
      }
      PrintWriter err = spec.commandLine().getErr();
      long step = total / 10;
      long[] next = {step};
      return read -> {
        if (read >= next[0]) {
          err.println("tollbar: checked " + Math.min(100, read * 100 / total) + " %");
          err.flush();
          next[0] += step;
        }
      };
    }

    private void tell(ChainCheck.Finding finding) {
      PrintWriter out = spec.commandLine().getOut();
      if (!finding.fault()) {
        out.println("note   " + finding.text());
        return;
      }
      faults++;
      if (faults <= MOST_FAULTS) {
        out.println("FAULT  " + finding.text());
      }
    }

    private int report(ChainCheck.Report report) {
      PrintWriter out = spec.commandLine().getOut();
      if (faults > MOST_FAULTS) {
        out.println("FAULT  … and " + (faults - MOST_FAULTS) + " more");
      }
      for (ChainCheck.CheckedFile file : report.files()) {
        out.println(
            file.file().getFileName()
                + ": "
                + counted(file.lines(), "line")
                + (file.from() == 0 ? "" : ", " + file.from() + " to " + file.through()));
      }
      out.println(
          counted(report.files().size(), "file")
              + ", "
              + counted(report.lines(), "line")
              + (report.first().isPresent() && report.last().isPresent()
                  ? ", from " + report.first().get() + " to " + report.last().get()
                  : ""));
      report.newest().ifPresent(newest -> out.println("newest line: " + newest));
      out.println(report.faults() == 0 ? "no faults" : counted(report.faults(), "fault"));
      out.flush();
      return report.faults() == 0 ? Main.DONE : Main.FAILED;
    }

    private static String counted(long number, String noun) {
      return number + " " + noun + (number == 1 ? "" : "s");
    }
  }

  /** {@code tollbar audit show}. */
  @Command(
      name = "show",
      description = {
        "Shows decision records, oldest first: those that fit all that is asked for.",
        "A line each: time, decision, code, grant, server, tool or method, rule, reason."
      })
  static final class Show implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Mixin private RecordFilter filter = new RecordFilter();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        paramLabel = "FILE|DIR",
        arity = "0..1",
        description =
            "One file of records, or a folder with all of them. Default: the data folder, or the gateway.")
    private @Nullable Path path;

    @Option(
        names = "--last",
        paramLabel = "N",
        description = "Shows the last N of them only. Default: all.")
    private int last = Integer.MAX_VALUE;

    @Option(names = "--json", description = "Prints the whole records, as they are in the file.")
    private boolean json;

    @Option(
        names = "--operators",
        description =
            "Shows what operators did instead: time, result, who, role (command: by who works on the data folder), action, target, detail. Of the filters --since is for these.")
    private boolean operators;

    @Override
    public Integer call() throws CommandException, InterruptedException {
      filter.check();
      if (last < 1) {
        throw new ParameterException(
            spec.commandLine(), "--last: expected a number above 0; found " + last);
      }
      if (path != null && where.isNamed()) {
        throw CommandException.badInput("tollbar: expected --admin or FILE|DIR; found both.");
      }
      Optional<RemoteGateway> gateway =
          path == null ? where.gateway(spec.commandLine().getErr()) : Optional.empty();
      boolean any =
          gateway.isPresent() ? there(gateway.get()) : here(existing(path, where.folders()));
      if (!any) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(
            "tollbar: there is no %s%s."
                .formatted(
                    operators ? "action of an operator" : "decision record",
                    filter.isSet() ? " that fits" : ""));
        err.flush();
      }
      return Main.DONE;
    }

    /** Whether there is any. */
    private boolean here(Path target) throws CommandException {
      Deque<String> kept = new ArrayDeque<>();
      boolean any = false;
      PrintWriter out = spec.commandLine().getOut();
      try (DecisionReader reader = DecisionReader.open(target, operators)) {
        for (Optional<DecisionReader.Entry> entry = next(reader);
            entry.isPresent();
            entry = next(reader)) {
          if (!isWanted(entry.get()) || !filter.takes(entry.get())) {
            continue;
          }
          any = true;
          if (last == Integer.MAX_VALUE) {
            out.println(line(entry.get()));
            continue;
          }
          kept.addLast(line(entry.get()));
          if (kept.size() > last) {
            kept.removeFirst();
          }
        }
      } catch (IOException e) {
        throw CommandException.badInput("tollbar: " + e.getMessage());
      }
      kept.forEach(out::println);
      out.flush();
      return any;
    }

    /** As {@link #here}. */
    private boolean there(RemoteGateway gateway) throws CommandException, InterruptedException {
      RemoteRecords records = new RemoteRecords(gateway);
      return last == Integer.MAX_VALUE ? all(records) : newest(records);
    }

    private boolean all(RemoteRecords records) throws CommandException, InterruptedException {
      PrintWriter out = spec.commandLine().getOut();
      AtomicBoolean any = new AtomicBoolean();
      Consumer<DecisionReader.Entry> taker =
          entry -> {
            if (filter.takes(entry)) {
              any.set(true);
              out.println(line(entry));
            }
          };
      if (operators) {
        records.actionsInOrder(taker);
      } else {
        records.decisionsInOrder(filter.query(), taker);
      }
      out.flush();
      return any.get();
    }

    /** A gateway tells the newest first: no more is asked for than is shown. */
    private boolean newest(RemoteRecords records) throws CommandException, InterruptedException {
      Deque<String> kept = new ArrayDeque<>();
      Predicate<DecisionReader.Entry> taker =
          entry -> {
            if (filter.takes(entry)) {
              kept.addFirst(line(entry));
            }
            return kept.size() < last;
          };
      if (operators) {
        records.actions(taker);
      } else {
        records.decisions(filter.query(), taker);
      }
      PrintWriter out = spec.commandLine().getOut();
      kept.forEach(out::println);
      out.flush();
      return !kept.isEmpty();
    }

    private String line(DecisionReader.Entry entry) {
      return json ? entry.json().toString() : Texts.visible(shown(entry));
    }

    /** A line that is no record is told of, and the rest is shown. */
    private Optional<DecisionReader.Entry> next(DecisionReader reader) throws IOException {
      while (true) {
        try {
          return reader.next();
        } catch (MalformedRecordException e) {
          spec.commandLine().getErr().println("tollbar: " + e.getMessage());
        }
      }
    }

    private boolean isWanted(DecisionReader.Entry entry) {
      return !operators || entry.text("event").filter("admin"::equals).isPresent();
    }

    private static String action(DecisionReader.Entry entry) {
      return String.format(
              Locale.ROOT,
              "%s  %s  %s (%s)  %s",
              entry.time(),
              entry.text("result").orElse("?"),
              entry.text("who").orElse("?"),
              entry.text("role").or(() -> entry.text("via")).orElse("-"),
              entry.text("action").orElse("?"))
          + entry.text("target").map(it -> "  " + it.replaceAll("\\p{Cntrl}", " ")).orElse("")
          + entry.text("detail").map(it -> "  " + it.replaceAll("\\p{Cntrl}", " ")).orElse("");
    }

    /** One line for people. */
    static String shown(DecisionReader.Entry entry) {
      if (entry.json().has("event")) {
        return action(entry);
      }
      String decided = entry.text("decision").orElse("?");
      String code = entry.text("code").map(it -> " (" + it + ")").orElse("");
      String line =
          String.format(
              Locale.ROOT,
              "%s  %s%s  %s  %s  %s",
              entry.time(),
              decided,
              code,
              entry.text("grant").orElse("-"),
              entry.text("server").orElse("-"),
              entry.text("tool").or(() -> entry.text("method")).orElse("-"));
      return line
          + entry.text("rule").map(it -> "  " + it).orElse("")
          + entry.text("reason").map(it -> "  " + it.replaceAll("\\p{Cntrl}", " ")).orElse("");
    }
  }
}
