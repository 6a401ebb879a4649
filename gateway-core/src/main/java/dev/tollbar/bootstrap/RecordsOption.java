package dev.tollbar.bootstrap;

import dev.tollbar.audit.DecisionReader;
import dev.tollbar.audit.MalformedRecordException;
import dev.tollbar.policy.Wording;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which decision records a command reads. */
final class RecordsOption {
  private static final int MOST_TOLD = 20;

  @Option(
      names = "--records",
      paramLabel = "FILE|DIR",
      description =
          "One file of records, or a folder with all of them. Default: the data folder, or the gateway.")
  private @Nullable Path records;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "From this time on: 2026-11-26T10:00:00Z.")
  private @Nullable String since;

  /** The gateway whose records are meant; empty for a file or folder. */
  Optional<RemoteGateway> gateway(GatewayOption where, PrintWriter err)
      throws CommandException, InterruptedException {
    if (records != null && where.isNamed()) {
      throw CommandException.badInput("tollbar: expected --admin or --records; found both.");
    }
    return records == null ? where.gateway(err) : Optional.empty();
  }

  /** Reads all that a gateway has, in any order. */
  void each(RemoteGateway gateway, Consumer<DecisionReader.Entry> taker)
      throws CommandException, InterruptedException {
    AtomicBoolean any = new AtomicBoolean();
    new RemoteRecords(gateway)
        .decisions(
            query(),
            record -> {
              any.set(true);
              taker.accept(record);
              return true;
            });
    checkAny(any.get(), gateway);
  }

  /** Reads all that a gateway has, oldest first. */
  void inOrder(RemoteGateway gateway, Consumer<DecisionReader.Entry> taker)
      throws CommandException, InterruptedException {
    AtomicBoolean any = new AtomicBoolean();
    new RemoteRecords(gateway)
        .decisionsInOrder(
            query(),
            record -> {
              any.set(true);
              taker.accept(record);
            });
    checkAny(any.get(), gateway);
  }

  private Map<String, String> query() throws CommandException {
    return since == null ? Map.of() : Map.of("since", from().toString());
  }

  private void checkAny(boolean any, RemoteGateway gateway) throws CommandException {
    if (!any) {
      throw none("at " + gateway.address());
    }
  }

  private CommandException none(String where) {
    return CommandException.badInput(
        "tollbar: there are no decision records "
            + where
            + (since == null ? "" : " since " + since)
            + ".");
  }

  /** Reads them all, oldest first. A line that is no record is told of, and the rest is read. */
  void each(Folders folders, PrintWriter err, Consumer<DecisionReader.Entry> taker)
      throws CommandException {
    Path path = records == null ? folders.dataIfAny() : records.toAbsolutePath();
    if (!Files.exists(path)) {
      throw CommandException.badInput("tollbar: there is no file or folder " + path + ".");
    }
    Instant from = from();
    long taken = 0;
    long none = 0;
    try (DecisionReader reader = DecisionReader.open(path)) {
      while (true) {
        try {
          Optional<DecisionReader.Entry> next = reader.next();
          if (next.isEmpty()) {
            break;
          }
          if (!next.get().time().isBefore(from)) {
            taker.accept(next.get());
            taken++;
          }
        } catch (MalformedRecordException e) {
          none++;
          if (none <= MOST_TOLD) {
            err.println("tollbar: " + e.getMessage());
          }
        }
      }
    } catch (IOException e) {
      throw CommandException.badInput(
          "tollbar: the records in " + path + " cannot be read" + reason(e) + ".");
    }
    if (none > MOST_TOLD) {
      err.println("tollbar: … and " + (none - MOST_TOLD) + " more lines that are no records");
    }
    if (taken == 0) {
      throw none("in " + path);
    }
  }

  /** Files that cannot be read say no more than their names. */
  private static String reason(IOException e) {
    return e instanceof FileSystemException ? "" : ": " + e.getMessage();
  }

  private Instant from() throws CommandException {
    if (since == null) {
      return Instant.MIN;
    }
    try {
      return Instant.parse(since);
    } catch (DateTimeException _) {
      throw CommandException.badInput(
          "tollbar: --since: expected a time such as 2026-11-26T10:00:00Z; found "
              + Wording.quote(since)
              + ".");
    }
  }
}
