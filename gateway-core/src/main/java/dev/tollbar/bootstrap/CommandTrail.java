package dev.tollbar.bootstrap;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.audit.AdminAction;
import dev.tollbar.audit.AdminAction.Result;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.RecordingException;
import dev.tollbar.audit.Rotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The audit trail of what commands do on a data folder, where they need no token. The lines are in
 * the chain of the decision records, which a gateway that runs and commands write in turns. What
 * cannot have a line is not done.
 */
final class CommandTrail {
  /** A gateway that has much to record leaves little room in between. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final DecisionLog.Settings SETTINGS =
      new DecisionLog.Settings(1, Duration.ofSeconds(1), PATIENCE, Duration.ofSeconds(1));

  /** When a file is closed says the document, which a command does not read. */
  private static final DecisionLog.Terms NEVER_CLOSED =
      new DecisionLog.Terms(
          new Rotation(Long.MAX_VALUE, Duration.ofDays(365_000), OptionalInt.empty()), true);

  private final Path data;
  private final InstantSource clock;
  private final boolean gatewayDoesIt;

  private CommandTrail(Path data, InstantSource clock, boolean gatewayDoesIt) {
    this.data = data;
    this.clock = clock;
    this.gatewayDoesIt = gatewayDoesIt;
  }

  /** Of a command that can go to a gateway as well. */
  static CommandTrail orAtGateway(Path data, InstantSource clock) {
    return new CommandTrail(data, clock, true);
  }

  /** Of a command that works on the folder only. */
  static CommandTrail of(Path data, InstantSource clock) {
    return new CommandTrail(data, clock, false);
  }

  /** What a command does. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws CommandException;
  }

  @FunctionalInterface
  private interface Closing extends AutoCloseable {
    @Override
    void close() throws CommandException;
  }

  /**
   * Does something, and records what came of it.
   *
   * @param action as the admin API calls it
   * @param target what it is done to
   * @param detail what else there is to say if it is done
   */
  <T> T record(String action, Optional<String> target, String detail, Work<T> work)
      throws CommandException, InterruptedException {
    if (!Files.isDirectory(data)) {
      return work.run(); // where nothing is nothing changes
    }
    DecisionLog log = open();
    try (Closing _ = () -> close(log);
        DecisionLog.Slot slot = claim(log)) {
      try {
        T done = work.run();
        slot.writeThrough(line(action, target, Result.DONE, detail));
        return done;
      } catch (CommandException e) {
        Result result = e.exitCode() == Main.BAD_INPUT ? Result.REFUSED : Result.FAILED;
        String why = String.valueOf(e.getMessage()).replaceFirst("^tollbar: ", "");
        slot.writeThrough(line(action, target, result, why));
        throw e;
      } catch (RuntimeException | LinkageError e) { // plugins are strangers
        boolean store = e instanceof StoreUnavailableException;
        String why = store ? String.valueOf(e.getMessage()) : "it failed unexpectedly";
        slot.writeThrough(line(action, target, Result.FAILED, why));
        throw e;
      }
    }
  }

  private AdminAction line(String action, Optional<String> target, Result result, String detail) {
    return AdminAction.byCommand(
        clock.instant(),
        user(),
        action,
        target,
        result,
        Optional.of(detail).filter(text -> !text.isEmpty()));
  }

  /** Who runs the command. */
  static String user() {
    return System.getProperty("user.name", "cli");
  }

  private DecisionLog open() throws CommandException {
    try {
      DecisionLog log = DecisionLog.open(data, SETTINGS, clock);
      log.adjust(NEVER_CLOSED);
      return log;
    } catch (IOException e) {
      throw notRecorded(e);
    }
  }

  private DecisionLog.Slot claim(DecisionLog log) throws CommandException, InterruptedException {
    try {
      return log.claim();
    } catch (RecordingException e) {
      throw notRecorded(e);
    }
  }

  private CommandException notRecorded(Exception e) {
    return CommandException.failed(
        "tollbar: this cannot be recorded, so it is not done: "
            + e.getMessage()
            + "."
            + (gatewayDoesIt
                ? " A gateway that runs does it for who has an admin token: --admin."
                : ""));
  }

  private static void close(DecisionLog log) throws CommandException {
    try {
      log.close();
    } catch (IOException e) {
      throw CommandException.failed(
          "tollbar: this was done, and could not be recorded: " + e.getMessage() + ".");
    }
  }
}
