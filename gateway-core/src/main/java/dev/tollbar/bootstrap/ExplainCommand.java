package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Tool;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.identity.Grant;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.plugins.Generation;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.Wording;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.StoredGrant;
import dev.tollbar.trial.CallSketch;
import dev.tollbar.trial.Explained;
import dev.tollbar.trial.Explainer;
import dev.tollbar.trial.Offline;
import dev.tollbar.upstream.InputSchema;
import dev.tollbar.upstream.ToolCatalog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollbar explain}. */
@Command(
    name = "explain",
    description = {
      "Says how a document would decide one call, and why: every rule in order, what it saw and"
          + " what it said.",
      "Nothing is counted, nobody is asked, no server is reached.",
      "Without --document a running gateway says it, by the document in force and its counters as"
          + " they are now; also for a call that it has recorded."
    })
final class ExplainCommand implements Callable<Integer> {
  @Mixin private GatewayOption where = new GatewayOption();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--document",
      paramLabel = "FILE",
      description =
          "A gateway's document, or one policy of either version. Default: the one in force at the gateway.")
  private @Nullable Path document;

  @Option(
      names = "--grant",
      paramLabel = "NAME",
      description = "Who calls: a grant of the document or a stored one. Default: local.")
  private @Nullable String grant;

  @Option(
      names = "--server",
      paramLabel = "NAME",
      description = "The server that is called. Default: the only one of the document.")
  private @Nullable String server;

  /** What is called: one of them. */
  static final class Target {
    @Option(names = "--tool", paramLabel = "NAME", description = "The tool that is called.")
    private @Nullable String tool;

    @Option(names = "--prompt", paramLabel = "NAME", description = "Or the prompt that is got.")
    private @Nullable String prompt;

    @Option(names = "--resource", paramLabel = "URI", description = "Or the resource that is read.")
    private @Nullable String resource;

    @Option(
        names = "--record",
        paramLabel = "SEQ",
        description =
            "Or the recorded call of that number, at a gateway. --args are needed if the record does not hold them all.")
    private @Nullable Long seq;

    Section section() {
      if (tool != null) {
        return Section.TOOLS;
      }
      return prompt != null ? Section.PROMPTS : Section.RESOURCES;
    }

    String name() {
      return Optional.ofNullable(tool)
          .or(() -> Optional.ofNullable(prompt))
          .or(() -> Optional.ofNullable(resource))
          .orElse("");
    }
  }

  @ArgGroup(multiplicity = "1")
  private Target target = new Target();

  @Option(
      names = "--args",
      paramLabel = "JSON",
      description = "The arguments: a JSON object, @FILE, or - for standard input. Default: {}.")
  private @Nullable String arguments;

  @Option(
      names = "--annotations",
      paramLabel = "JSON",
      description =
          "What the server says of the tool in its list; {} for nothing. Default: the tool was not"
              + " seen.")
  private @Nullable String annotations;

  @Option(
      names = "--input-schema",
      paramLabel = "JSON",
      description =
          "What the server says of the tool's arguments: a JSON Schema, or @FILE. Default: not"
              + " known.")
  private @Nullable String inputSchema;

  @Option(
      names = "--session",
      paramLabel = "NAME",
      description = "The protocol session, for limits that count by it. Default: none.")
  private @Nullable String session;

  @Option(
      names = "--clock",
      paramLabel = "TIME",
      description = "When the call comes: 2026-11-23T10:00:00Z. Default: now.")
  private @Nullable String clock;

  @Option(
      names = "--format",
      paramLabel = "human|json",
      description = "Who the answer is for. Default: human.",
      defaultValue = "human")
  private Format format = Format.HUMAN;

  @Override
  public Integer call() throws CommandException, InterruptedException {
    if (document == null) {
      print(there());
      return Main.DONE;
    }
    if (where.isNamed()) {
      throw CommandException.badInput("tollbar: expected --admin or --document; found both.");
    }
    if (target.seq != null) {
      throw CommandException.badInput(
          "tollbar: --record: expected a gateway, which has the record; found --document.");
    }
    Explained explained = here(document);
    print(
        format == Format.JSON
            ? explained.json().toPrettyString() + System.lineSeparator()
            : explained.text(Colours.palette()));
    return Main.DONE;
  }

  private void print(String text) {
    spec.commandLine().getOut().print(text);
    spec.commandLine().getOut().flush();
  }

  /** By the document in force at a gateway. */
  private String there() throws CommandException, InterruptedException {
    String known = "as the gateway knows what its servers say of their tools";
    refuse("--annotations", annotations, known);
    refuse("--input-schema", inputSchema, known);
    refuse("--clock", clock, "as the gateway says what it would decide now");
    if (target.seq != null) {
      String recorded = "as the record says it";
      refuse("--grant", grant, recorded);
      refuse("--server", server, recorded);
      refuse("--session", session, recorded);
    }
    Optional<ObjectNode> given =
        arguments == null
            ? Optional.empty()
            : Optional.of(JsonInput.object("--args", arguments, System.in));
    RemoteGateway gateway =
        where
            .named(spec.commandLine().getErr())
            .orElseThrow(() ->
                CommandException.badInput(
                    "tollbar: expected --document, or an admin token and a gateway that runs; found neither."));
    RemoteExplanations explanations = new RemoteExplanations(gateway);
    return target.seq == null
        ? explanations.call(asked(given), format)
        : explanations.recorded(target.seq, given, format);
  }

  /** Of what a gateway knows itself nothing else is told it. */
  private static void refuse(String option, @Nullable String value, String why)
      throws CommandException {
    if (value != null) {
      throw CommandException.badInput(
          "tollbar: "
              + option
              + ": expected nothing, "
              + why
              + "; found "
              + Wording.quote(value)
              + ".");
    }
  }

  private ObjectNode asked(Optional<ObjectNode> given) {
    ObjectNode asked = JsonNodeFactory.instance.objectNode();
    put(asked, "grant", grant);
    put(asked, "server", server);
    asked.put(target.section().noun(), target.name());
    given.ifPresent(object -> asked.set("arguments", object));
    put(asked, "session", session);
    return asked;
  }

  private static void put(ObjectNode json, String member, @Nullable String value) {
    if (value != null) {
      json.put(member, value);
    }
  }

  private Explained here(Path file) throws CommandException, InterruptedException {
    Folders folders = where.folders();
    Instant time = time();
    ObjectNode given =
        JsonInput.object("--args", Optional.ofNullable(arguments).orElse("{}"), System.in);
    Tool tool = tool();
    Optional<InputSchema> schema =
        inputSchema == null
            ? Optional.empty()
            : Optional.of(
                InputSchema.of(JsonInput.object("--input-schema", inputSchema, System.in)));
    try (Generation generation = Plugins.load(folders);
        EmbeddedState state = EmbeddedState.open(folders.dataIfAny(), () -> time);
        RuleWatch watch = GatewayProcess.ruleWatch();
        Revision revision =
            read(file, new Offline(new DocumentKinds(generation), watch), state, time)) {
      return new Explainer(watch)
          .explain(
              revision,
              stored(folders, state),
              new CallSketch(
                  Optional.ofNullable(grant).orElse(LocalGrant.NAME),
                  server(revision),
                  target.section(),
                  tool,
                  given,
                  Optional.ofNullable(session),
                  time,
                  schema));
    }
  }

  private static Revision read(Path document, Offline offline, EmbeddedState state, Instant time)
      throws CommandException {
    DocumentReader reader = new DocumentReader(offline.context(() -> time, state::counters));
    return switch (reader.check(document)) {
      case Reading.Loaded loaded -> loaded.revision();
      case Reading.Rejected rejected -> throw CommandException.badInput(rejected.text());
    };
  }

  /** Those of the data folder, if there is one: nothing is made here. */
  static List<Grant> stored(Folders folders, EmbeddedState state) {
    return Files.isDirectory(folders.dataIfAny())
        ? state.grants().list().stream().map(ExplainCommand::grant).toList()
        : List.of();
  }

  static Grant grant(StoredGrant stored) {
    return new Grant(
        stored.name(), stored.servers(), stored.labels(), stored.expires(), stored.revoked());
  }

  private String server(Revision revision) throws CommandException {
    if (server != null) {
      return server;
    }
    List<String> names = revision.servers().keySet().stream().sorted().toList();
    if (names.size() > 1) {
      throw CommandException.badInput(
          "tollbar: --server is missing: the document has " + String.join(", ", names) + ".");
    }
    return names.isEmpty() ? "default" : names.getFirst();
  }

  private Tool tool() throws CommandException {
    if (annotations == null) {
      return Tool.named(target.name());
    }
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.put("name", target.name());
    entry.set("annotations", JsonInput.object("--annotations", annotations, System.in));
    return ToolCatalog.tool(entry);
  }

  private Instant time() throws CommandException {
    if (clock == null) {
      return Clock.systemUTC().instant();
    }
    try {
      return Instant.parse(clock);
    } catch (DateTimeException _) {
      throw CommandException.badInput(
          "tollbar: --clock: expected a time such as 2026-11-23T10:00:00Z; found "
              + Wording.quote(clock)
              + ".");
    }
  }
}
