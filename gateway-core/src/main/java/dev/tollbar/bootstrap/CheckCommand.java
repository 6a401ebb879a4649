package dev.tollbar.bootstrap;

import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Outline;
import dev.tollbar.document.Problem;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.lint.Checked;
import dev.tollbar.lint.Finding;
import dev.tollbar.lint.Linter;
import dev.tollbar.lint.ServerTools;
import dev.tollbar.plugins.Generation;
import dev.tollbar.policy.Wording;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.trial.TestFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar check}. */
@Command(
    name = "check",
    description = {
      "Reads documents and policies, of both versions, and prints every problem.",
      "Of a document without problems it prints what its author hardly means: findings.",
      "Exit code 2 if there is a problem, 3 if there is a finding and --strict, otherwise 0."
    },
    customSynopsis = {
      "tollbar check [OPTIONS] FILE...",
      "tollbar check --policy FILE [--name NAME] [OPTIONS] -- COMMAND ARGS...",
      "tollbar check --policy FILE [--name NAME] [OPTIONS] --upstream URL"
    })
final class CheckCommand implements Callable<Integer> {
  @Mixin private Folders folders = new Folders();
  @Mixin private ServerOptions server = new ServerOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  /** Who the answer is for. */
  enum Form {
    HUMAN,
    JSON,
    SARIF
  }

  @Option(names = "--strict", description = "Findings make the exit code 3.")
  private boolean strict;

  @Option(
      names = "--format",
      paramLabel = "human|json|sarif",
      description = "Who the answer is for; sarif for code hosts and editors. Default: human.",
      defaultValue = "human")
  private Form form = Form.HUMAN;

  @Option(
      names = "--server-tools",
      description =
          "Also asks the servers of the document, or that of the command line, for their tools, and compares what the document says of them.")
  private boolean serverTools;

  @Option(
      names = "--server-timeout",
      paramLabel = "TIME",
      description =
          "How long all servers together may take to answer: 20s, 2m. Default: ${DEFAULT-VALUE}.",
      defaultValue = "20s")
  private String serverTimeout = "20s";

  /** With {@code --policy} these are the command of its server instead. */
  @Parameters(paramLabel = "FILE", arity = "0..*", description = "The documents to check.")
  private List<Path> files = new ArrayList<>();

  @Override
  public Integer call() throws CommandException, InterruptedException {
    Duration patience = patience();
    List<Subject> subjects = subjects();
    List<Checked> all = new ArrayList<>();
    try (Generation generation = Plugins.load(folders);
        EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), Clock.systemUTC())) {
      ReadContext context = ReadContexts.of(generation, state);
      for (Subject subject : subjects) {
        Checked checked = check(subject, context, state, patience);
        all.add(checked);
        if (form == Form.HUMAN) {
          spec.commandLine().getOut().print(checked.text());
          spec.commandLine().getOut().flush();
        }
      }
    }
    if (form == Form.JSON) {
      spec.commandLine().getOut().println(Checked.json(all).toPrettyString());
    } else if (form == Form.SARIF) {
      spec.commandLine()
          .getOut()
          .println(Checked.sarif(all, Build.version(), strict).toPrettyString());
    }
    spec.commandLine().getOut().flush();
    if (all.stream().anyMatch(checked -> !checked.problems().isEmpty())) {
      return Main.BAD_INPUT;
    }
    boolean found = all.stream().anyMatch(checked -> !checked.findings().isEmpty());
    return found && strict ? Main.FINDINGS : Main.DONE;
  }

  /**
   * What is checked.
   *
   * @param server where it is one policy, with its server from the command line
   */
  private record Subject(Path file, Optional<DocumentSource> server) {
    Reading read(ReadContext context) {
      return server
          .map(source -> source.read(context))
          .orElseGet(() -> new DocumentReader(context).check(file));
    }

    /** That the paths of its servers are relative to. */
    Path folder() {
      return server.map(DocumentSource::folder).orElseGet(() -> new FileSource(file).folder());
    }
  }

  private List<Subject> subjects() throws CommandException {
    Optional<Path> policy = server.policy();
    if (policy.isPresent()) {
      return List.of(new Subject(policy.get(), Optional.of(server.source())));
    }
    if (server.hasUpstream()) {
      throw CommandException.badInput(
          "tollbar: --upstream: expected --policy FILE beside it; found none.");
    }
    if (files.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "Missing required parameter: 'FILE'");
    }
    return files.stream().map(file -> new Subject(file, Optional.empty())).toList();
  }

  private Checked check(
      Subject subject, ReadContext context, EmbeddedState state, Duration patience)
      throws InterruptedException {
    Path file = subject.file();
    return switch (subject.read(context)) {
      case Reading.Rejected _ when TestFiles.isOne(file) && Files.isRegularFile(file) ->
          new Checked(file, List.of(cases(file)), List.of());
      case Reading.Rejected rejected -> new Checked(file, rejected.problems(), List.of());
      case Reading.Loaded loaded -> {
        try (Revision revision = loaded.revision()) {
          Optional<Outline> outline = Outline.of(file);
          yield outline.isPresent()
              ? new Checked(
                  file, List.of(), findings(outline.get(), subject, revision, state, patience))
              : new Checked(file, List.of(changed(file)), List.of());
        }
      }
    };
  }

  private Duration patience() throws CommandException {
    return TimeOption.parse(serverTimeout)
        .orElseThrow(() ->
            CommandException.badInput(
                "tollbar: --server-timeout: expected a time such as 20s or 2m; found "
                    + Wording.quote(serverTimeout)
                    + "."));
  }

  /** Whoever names all files of a folder names these, too. */
  private static Problem cases(Path file) {
    return new Problem(
        file.toString(),
        0,
        0,
        "",
        "expected a document; found a test file, which tollbar test runs");
  }

  /** It was read a moment ago, and cannot be read now. */
  private static Problem changed(Path file) {
    return new Problem(
        file.toString(), 0, 0, "", "the file changed while it was read; check it again");
  }

  private List<Finding> findings(
      Outline outline, Subject subject, Revision revision, EmbeddedState state, Duration patience)
      throws InterruptedException {
    List<Finding> findings = new ArrayList<>(Linter.review(outline));
    if (serverTools) {
      ServerInquiries inquiries = new ServerInquiries(subject.folder(), patience, this::progress);
      if (revision.servers().isEmpty()) {
        progress(
            subject.file()
                + " has no servers to ask; for a policy: --policy FILE with --upstream URL or --"
                + " COMMAND");
      }
      inquiries.ask(revision.servers().values());
      ServerTools tools =
          new ServerTools(
              inquiries.listed(),
              inquiries.silent(),
              servers(revision, state),
              revision.policies());
      findings.addAll(
          subject.server().isPresent()
              ? Linter.reviewPolicy(outline, server.name(), tools)
              : Linter.review(outline, tools));
    }
    return findings;
  }

  /** On standard error, which no report goes to. */
  private void progress(String line) {
    spec.commandLine().getErr().println("tollbar: " + line);
    spec.commandLine().getErr().flush();
  }

  /** By policy, the servers that some grant has it on; without grants, as the local one has it. */
  private Map<String, Set<String>> servers(Revision revision, EmbeddedState state) {
    List<Map<String, String>> grants = new ArrayList<>();
    revision.grants().values().forEach(grant -> grants.add(grant.servers()));
    if (Files.isDirectory(folders.dataIfAny())) {
      state.grants().list().forEach(grant -> grants.add(grant.servers()));
    }
    if (grants.isEmpty()) {
      grants.add(
          LocalGrant.over(revision.servers().keySet(), revision.policies().keySet()).servers());
    }
    Map<String, Set<String>> servers = new HashMap<>();
    for (Map<String, String> grant : grants) {
      grant.forEach(
          (server, policy) -> servers.computeIfAbsent(policy, _ -> new TreeSet<>()).add(server));
    }
    return servers;
  }
}
