package dev.tollbar.bootstrap;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One server and its policy, from the command line. */
final class ServerOptions {
  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "A policy, of version 1 or 2, in front of one server.")
  private @Nullable Path policy;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description =
          "What that server is called: it is served at /mcp/NAME. Default: ${DEFAULT-VALUE}.",
      defaultValue = "default")
  private String name = "default";

  @Option(
      names = "--upstream",
      paramLabel = "URL",
      description = "The server speaks streamable HTTP at this address.")
  private @Nullable String upstream;

  @Parameters(
      paramLabel = "-- COMMAND ARGS",
      description = "The server is this program and speaks stdio.",
      arity = "0..*")
  private List<String> command = List.of();

  Optional<Path> policy() {
    return Optional.ofNullable(policy);
  }

  /** What the server and its policy are called. */
  String name() {
    return name;
  }

  boolean hasUpstream() {
    return upstream != null;
  }

  /** Whether a server is named here at all. */
  boolean given() {
    return upstream != null || !command.isEmpty();
  }

  /** The policy and its server as a document. */
  DocumentSource source() throws CommandException {
    if (policy == null) {
      throw CommandException.badInput("tollbar: --policy FILE is missing.");
    }
    if (upstream != null && !command.isEmpty()) {
      throw CommandException.badInput(
          "tollbar: expected one server: --upstream URL or -- COMMAND; found both.");
    }
    if (!given()) {
      throw CommandException.badInput(
          "tollbar: expected a server behind the gateway: --upstream URL or -- COMMAND; found none.");
    }
    return new PolicySource(policy, name, Optional.ofNullable(upstream), command);
  }
}
