package dev.tollbar.bootstrap;

import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.consent.Answers;
import dev.tollbar.consent.Ruling;
import dev.tollbar.console.ApiProblem;
import dev.tollbar.console.GatewayAccess;
import dev.tollbar.console.Health;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Problem;
import dev.tollbar.document.Revision;
import dev.tollbar.document.ServerSpec;
import dev.tollbar.history.Comparison;
import dev.tollbar.identity.Grant;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.plugins.PluginJson;
import dev.tollbar.plugins.PluginReport;
import dev.tollbar.state.StoreFile;
import dev.tollbar.state.StoredGrant;
import dev.tollbar.state.StoredRevision;
import dev.tollbar.trial.LimitsNow;
import dev.tollbar.upstream.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** What the console sees of a running gateway, and does to it. */
final class ConsoleDesk implements GatewayAccess {
  private final GatewayProcess.Parts parts;
  private final Supplier<List<PluginReport>> plugins;
  private final LiveDocument document;
  private final Health health;
  private final Answers answers;
  private final ExplainDesk explaining;
  private final ToolQuestions asking = new ToolQuestions();
  private final Object stateLock = new Object();

  ConsoleDesk(
      GatewayProcess.Parts parts,
      LiveDocument document,
      Supplier<List<PluginReport>> plugins,
      Health health,
      Answers answers,
      ExplainDesk explaining) {
    this.parts = parts;
    this.document = document;
    this.plugins = plugins;
    this.health = health;
    this.answers = answers;
    this.explaining = explaining;
  }

  @Override
  public String version() {
    return Build.version();
  }

  @Override
  public <T> T during(Function<Revision, T> action) {
    return document.during(action);
  }

  @Override
  public String revision() {
    return document.revision().id();
  }

  @Override
  public Health.Report health() {
    return health.report();
  }

  @Override
  public List<KnownServer> servers() {
    Revision revision = document.revision();
    List<KnownServer> servers = new ArrayList<>();
    for (Server server : document.live().current().servers().values()) {
      UpstreamTransport.Health state = server.transport().health();
      Optional<ServerSpec> spec = Optional.ofNullable(revision.servers().get(server.name()));
      servers.add(
          new KnownServer(
              server.name(),
              spec.map(ServerSpec::kind).orElse("?"),
              spec.map(ServerSpec::plugin).orElse("?"),
              state.up(),
              state.detail(),
              server.catalog().seen()));
    }
    return servers;
  }

  @Override
  public void learnTools(String name) {
    Optional.ofNullable(document.live().current().servers().get(name)).ifPresent(asking::learn);
  }

  @Override
  public List<KnownGrant> grants() {
    List<KnownGrant> all = new ArrayList<>();
    Revision revision = document.revision();
    revision
        .grants()
        .values()
        .forEach(grant ->
            all.add(
                new KnownGrant(
                    grant.name(),
                    "document",
                    grant.servers(),
                    grant.labels(),
                    grant.expires(),
                    Optional.empty())));
    List<StoredGrant> stored = parts.grants().list();
    stored.forEach(grant ->
        all.add(
            new KnownGrant(
                grant.name(),
                "stored",
                grant.servers(),
                grant.labels(),
                grant.expires(),
                grant.revoked())));
    if (parts.local() && all.isEmpty()) {
      LocalGrant everybody =
          LocalGrant.over(revision.servers().keySet(), revision.policies().keySet());
      all.add(
          new KnownGrant(
              LocalGrant.NAME,
              "local",
              everybody.servers(),
              Map.of(),
              Optional.empty(),
              Optional.empty()));
    }
    return all;
  }

  @Override
  public Ruling decide(String approval, boolean approve, String by, String comment) {
    return answers.decide(approval, approve, by, comment);
  }

  @Override
  public Explained explain(byte[] question) {
    return explaining.apply(question);
  }

  @Override
  public Explained explain(AskedCall call) {
    return explaining.explain(call, parts.clock().instant());
  }

  @Override
  public KnownDocument document() {
    Revision revision = document.revision();
    List<Problem> problems = document.rejected();
    Optional<SavedFiles> saved = saved(revision);
    return new KnownDocument(
        revision.sources().name(),
        revision.id(),
        revision.sources().text(),
        revision.sources().files(),
        saved.flatMap(SavedFiles::edited).map(SavedFiles.Edited::text),
        saved
            .flatMap(SavedFiles::edited)
            .filter(SavedFiles.Edited::isCut)
            .map(SavedFiles.Edited::bytes),
        saved.map(SavedFiles::changed).orElse(List.of()),
        problems);
  }

  /** What stands where the files lie; empty if the document is no file. */
  private Optional<SavedFiles> saved(Revision revision) {
    return document
        .source()
        .file()
        .map(file ->
            SavedFiles.beside(
                new StoredRevision(
                    revision.id(),
                    file.toAbsolutePath().normalize().toString(),
                    revision.sources().text(),
                    revision.sources().files())));
  }

  @Override
  public String plugins() {
    return PluginJson.render(plugins.get());
  }

  /** One at a time: the whole file is checked. */
  @Override
  public String state() throws ApiProblem {
    synchronized (stateLock) {
      try {
        StoreFile store = StoreFile.in(parts.data());
        return new StateReport(store.info(parts.clock().instant()), true).json().toString();
      } catch (IOException e) {
        throw ApiProblem.of(503, "state_unreadable", "The file of the store cannot be read.");
      }
    }
  }

  @Override
  public List<KnownLimit> limits() {
    Collection<Grant> stored = explaining.grants();
    return document
        .during(revision -> LimitsNow.of(revision, stored, parts.clock().instant()))
        .stream()
        .map(left ->
            new KnownLimit(
                left.grant(),
                left.server(),
                left.policy(),
                left.rule(),
                left.shadow(),
                left.limit(),
                left.max(),
                left.left(),
                left.resetsAt(),
                left.note()))
        .toList();
  }

  @Override
  public StoredRevision kept(String name) throws ApiProblem {
    try {
      return new RevisionChoice(parts.state().revisions()).find(name);
    } catch (CommandException e) {
      throw ApiProblem.of(404, "not_found", sentence(e));
    }
  }

  @Override
  public Comparison compare(StoredRevision before, StoredRevision after) throws ApiProblem {
    // While no other plugins come into force, those that are cannot be unloaded.
    Object found = document.during(_ -> compared(before, after));
    if (found instanceof ApiProblem problem) {
      throw problem;
    }
    return (Comparison) found;
  }

  private Object compared(StoredRevision before, StoredRevision after) {
    Revisioning revisioning =
        new Revisioning(new DocumentReader(document.supply().context()), parts.state());
    try (Revision was = revisioning.read(before);
        Revision becomes = revisioning.read(after)) {
      return revisioning.compare(was, becomes);
    } catch (CommandException e) {
      return ApiProblem.of(409, "not_readable", sentence(e));
    }
  }

  @Override
  public boolean rollBack(StoredRevision target, boolean force) throws ApiProblem {
    Optional<String> mine =
        document.source().file().map(file -> file.toAbsolutePath().normalize().toString());
    if (!mine.equals(Optional.of(target.file()))) {
      throw ApiProblem.of(
          409, "other_document", "This is a revision of another document: " + target.file() + ".");
    }
    StoredRevision current = kept(document.revision().id());
    try {
      new Rollback(parts.data()).write(current, target, force);
    } catch (Rollback.LosesChangesException e) {
      throw ApiProblem.of(
          409,
          "would_lose_changes",
          "Not done: " + e.getMessage() + ". With \"force\": true copies of them are kept.");
    } catch (IOException e) {
      throw ApiProblem.of(
          503, "not_written", "The document cannot be written: " + e.getMessage() + ".");
    }
    document.reload();
    return document.revision().id().equals(target.id());
  }

  /** A message of a command, without what only a command line says. */
  private static String sentence(CommandException e) {
    String text = String.valueOf(e.getMessage()).replaceFirst("^tollbar: ", "");
    return text.replaceFirst(" See: tollbar history$", "")
        .replaceFirst(" Name another one with --data\\.$", "");
  }
}
