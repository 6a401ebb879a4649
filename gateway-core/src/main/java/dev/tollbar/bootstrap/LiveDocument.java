package dev.tollbar.bootstrap;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.consent.WebhookTarget;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.document.ServerSpec;
import dev.tollbar.document.Webhook;
import dev.tollbar.identity.DocumentGrant;
import dev.tollbar.identity.GrantDirectory;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.legacy.EraLines;
import dev.tollbar.legacy.RoomyLines;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.pipeline.Live;
import dev.tollbar.pipeline.LiveRevision;
import dev.tollbar.plugins.PluginReport;
import dev.tollbar.state.Grants;
import dev.tollbar.upstream.Room;
import dev.tollbar.upstream.Server;
import dev.tollbar.upstream.ServerLines;
import dev.tollbar.upstream.ToolCatalog;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the document in force: makes the first revision live, and later ones as the document or the
 * plugins change. A server that is reached as before keeps its transport, and its sessions with it;
 * on another one they are initialised anew. One thread at a time.
 */
final class LiveDocument implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveDocument.class);

  private final DocumentSource source;
  private final Grants grants;
  private final History history;
  private final Sessions sessions;
  private final boolean local;
  private final Live live;
  private final OpenServers open = new OpenServers();
  private volatile Revision revision;

  /** What the revision in force was compiled with. */
  private volatile Supply supply;

  /** A newer one that the document cannot be compiled with. */
  private volatile Optional<Supply> waiting = Optional.empty();

  /** Whether the history has the start. */
  private volatile boolean started;

  /** Whether something is not in force because it could not be kept. */
  private volatile boolean unkept;

  /** The same, while it is found out. */
  private boolean failedToKeep;

  private volatile List<String> problems = List.of();

  /** The same, as far as it is about places in the document. */
  private volatile List<Problem> rejected = List.of();

  /** What a version that is not in force was read from: a change of these may mend it. */
  private volatile Set<Path> mending = Set.of();

  /**
   * Reads the document and puts it in force.
   *
   * @param local whether clients without a token are served while there are no grants
   * @throws DocumentException with everything that is wrong with it
   */
  LiveDocument(
      DocumentSource source,
      Supply supply,
      Grants grants,
      History history,
      Sessions sessions,
      boolean local)
      throws DocumentException {
    this.source = source;
    this.supply = supply;
    this.grants = grants;
    this.history = history;
    this.sessions = sessions;
    this.local = local;
    this.revision = read(supply);
    this.live = new Live(compose(revision, supply, Map.of()));
    this.started = history.starts(source, revision, supply.plugins());
  }

  Live live() {
    return live;
  }

  Revision revision() {
    return revision;
  }

  /** The webhooks of the revision in force, by name. */
  Map<String, WebhookTarget> webhooks() {
    return live.current().webhooks();
  }

  /** What is wrong with a later version of the document, which is not in force. */
  List<String> problems() {
    return problems;
  }

  /** The same, as far as it is about places in the document. */
  List<Problem> rejected() {
    return rejected;
  }

  /** Where the document comes from. */
  DocumentSource source() {
    return source;
  }

  /** The files whose change makes a new revision. */
  Set<Path> files() {
    Set<Path> files = new HashSet<>(revision.files());
    files.addAll(mending);
    return files;
  }

  /** Does something with the revision in force; no other takes its place meanwhile. */
  synchronized <T> T during(Function<Revision, T> action) {
    return action.apply(revision);
  }

  /** Whether to {@link #reload} when the store can be used again, though no file has changed. */
  boolean isUnkept() {
    return unkept || !started;
  }

  /** What the revision in force was compiled with. */
  Supply supply() {
    return supply;
  }

  /** A newer generation of plugins that is not in force, because the document needs the older. */
  Optional<Supply> waiting() {
    return waiting;
  }

  /** Reads the document again. What is wrong with it leaves the revision in force as it is. */
  synchronized void reload() {
    started = started || history.starts(source, revision, supply.plugins());
    failedToKeep = false;
    try {
      readAgain();
    } finally {
      unkept = failedToKeep;
    }
  }

  private void readAgain() {
    mending = Set.of();
    List<String> wrong = new ArrayList<>();
    if (waiting.isPresent()) {
      List<Problem> without = takeOver(waiting.get());
      if (without.isEmpty()) {
        problems = List.of();
        rejected = List.of();
        return;
      }
      wrong.addAll(notInForce(waiting.get(), without));
    }
    String before = revision.id();
    List<Problem> own = putInForce(supply);
    if (own.isEmpty() && !rejected.isEmpty() && revision.id().equals(before)) {
      LOG.info("{}: it is again as the revision in force", source.name());
    }
    if (!own.isEmpty()) {
      LOG.error("{}: the change is not in force:\n{}", source.name(), Problem.text(own));
      own.forEach(problem -> wrong.add(line(problem)));
    }
    problems = List.copyOf(wrong);
    rejected = List.copyOf(own);
  }

  /**
   * Compiles the document anew with other plugins. If it cannot be, the plugins that it is compiled
   * with stay, and these wait for a document that they are enough for.
   *
   * @param next owned from now on
   */
  synchronized void supply(Supply next) {
    waiting.ifPresent(Supply::leave);
    waiting = Optional.empty();
    failedToKeep = false;
    List<Problem> wrong = takeOver(next);
    unkept = failedToKeep;
    if (wrong.isEmpty()) {
      problems = List.of();
      rejected = List.of();
      return;
    }
    waiting = Optional.of(next);
    problems = notInForce(next, wrong);
    LOG.error("{}", String.join("\n", problems));
  }

  /** Puts other plugins in force, unless there are problems. */
  private List<Problem> takeOver(Supply next) {
    List<Problem> wrong = putInForce(next);
    if (wrong.isEmpty()) {
      tell(supply.plugins(), next.plugins());
      supply.leave();
      supply = next;
      waiting = Optional.empty();
    }
    return wrong;
  }

  private static void tell(List<PluginReport> before, List<PluginReport> after) {
    loadedOf(after)
        .filter(plugin -> !before.contains(plugin))
        .forEach(plugin -> LOG.info("{}: {} is in force", plugin.file(), plugin.plugin()));
    loadedOf(before)
        .filter(plugin -> !after.contains(plugin))
        .forEach(plugin -> LOG.info("{}: {} is not used any more", plugin.file(), plugin.plugin()));
  }

  private static Stream<PluginReport> loadedOf(List<PluginReport> plugins) {
    return plugins.stream().filter(plugin -> plugin.state() == PluginReport.State.LOADED);
  }

  private List<String> notInForce(Supply next, List<Problem> wrong) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "the plugins that lie in the folder now are not in force: the document cannot be used with them");
    next.plugins().stream()
        .filter(plugin -> plugin.state() == PluginReport.State.REFUSED)
        .forEach(plugin -> lines.add(plugin.file() + ": " + plugin.why().orElse("it is refused")));
    wrong.forEach(problem -> lines.add(line(problem)));
    return List.copyOf(lines);
  }

  /** As it stands by itself, without a heading that names the document. */
  private String line(Problem problem) {
    return problem.file().equals(source.name())
        ? problem.toString()
        : problem.file() + ": " + problem;
  }

  /** What is wrong with the document as it is now; nothing if it is in force. */
  private List<Problem> putInForce(Supply with) {
    try {
      Revision next = read(with);
      if (next.fingerprint().equals(revision.fingerprint()) && isInForce(with)) {
        next.close();
        return List.of();
      }
      Map<String, Server> before = live.current().servers();
      LiveRevision composed = compose(next, with, before);
      keep(next, with, composed);
      revision = next;
      resize(next, composed.servers());
      live.replace(composed);
      before.forEach((name, server) -> {
        if (!same(composed.servers().get(name), server)) {
          sessions.forgetAll(name);
        }
      });
      LOG.info("{}: revision {} is in force", source.name(), shortened(next.id()));
      return List.of();
    } catch (DocumentException e) {
      return e.problems();
    } catch (RuntimeException | LinkageError e) { // plugins are strangers; the watch must go on
      LOG.error("{}: the change is not in force", source.name(), e);
      return List.of(new Problem(source.name(), 0, 0, "", "the document could not be read"));
    }
  }

  @SuppressWarnings("ReferenceEquality") // the very one
  private boolean isInForce(Supply with) {
    return with == supply;
  }

  /** Takes back what was composed if it cannot be kept. */
  private void keep(Revision next, Supply with, LiveRevision composed) throws DocumentException {
    try {
      history.changes(source, next, with.plugins());
    } catch (DocumentException e) {
      failedToKeep = true;
      composed.drop();
      throw e;
    }
  }

  /** Reads it, and tries it with the tests that it asks for. */
  private Revision read(Supply with) throws DocumentException {
    return switch (source.read(with.context())) {
      case Reading.Loaded loaded -> {
        test(loaded.revision(), with);
        yield loaded.revision();
      }
      case Reading.Rejected rejected -> {
        mayMend(rejected.files());
        throw new DocumentException(rejected.problems());
      }
    };
  }

  private void test(Revision next, Supply with) throws DocumentException {
    TestGate gate = new TestGate(source, with.context());
    List<Problem> wrong = gate.problems(next);
    if (!wrong.isEmpty()) {
      mayMend(next.files());
      mayMend(gate.files());
      next.close();
      throw new DocumentException(wrong);
    }
  }

  private void mayMend(Set<Path> more) {
    Set<Path> files = new HashSet<>(mending);
    files.addAll(more);
    mending = Set.copyOf(files);
  }

  /**
   * Everything that calls need of a revision. Transports of servers that did not change are kept.
   */
  private LiveRevision compose(Revision next, Supply with, Map<String, Server> before)
      throws DocumentException {
    Map<String, WebhookTarget> webhooks;
    GrantDirectory directory;
    try {
      // Before anything is opened, so that there is nothing to take back.
      webhooks = webhooks(next);
      directory = directory(next);
    } catch (DocumentException | RuntimeException e) {
      next.close();
      throw e;
    }
    Map<String, Server> servers = new HashMap<>();
    List<Server> opened = new ArrayList<>();
    List<Problem> wrong = new ArrayList<>();
    for (ServerSpec spec : next.servers().values()) {
      Server existing = before.get(spec.name());
      Optional<Object> code = with.transport(spec.kind());
      if (existing != null
          && existing.digest().equals(spec.digest())
          && open.isOf(existing, code)) {
        servers.put(spec.name(), existing);
        continue;
      }
      try {
        Server server = server(spec, open(spec));
        opened.add(server);
        open.opened(server, code);
        servers.put(spec.name(), server);
      } catch (DocumentException e) {
        wrong.addAll(e.problems());
      }
    }
    if (!wrong.isEmpty()) {
      open.drop(opened);
      next.close();
      throw new DocumentException(wrong);
    }
    with.enter();
    open.enter(servers.values());
    return new LiveRevision(
        next.id(), servers, next.policies(), webhooks, directory, () -> free(next, with, servers));
  }

  private Server server(ServerSpec spec, UpstreamTransport transport) {
    ServerLines own =
        new EraLines(
            spec.name(), transport, Build.version(), InstantSource.system(), new SecureRandom());
    ServerLines lines = new RoomyLines(spec.name(), own, sessions);
    Room room = new Room(Capacity.of(spec.capacity()));
    return new Server(spec.name(), spec.digest(), transport, lines, new ToolCatalog(), room);
  }

  /** Servers that are kept may have another capacity now. */
  private static void resize(Revision next, Map<String, Server> servers) {
    next.servers()
        .forEach((name, spec) -> {
          Server server = servers.get(name);
          if (server != null) {
            server.room().adjust(Capacity.of(spec.capacity()));
          }
        });
  }

  private UpstreamTransport open(ServerSpec spec) throws DocumentException {
    return spec.open(
        new UpstreamContext(
            spec.name(),
            spec.timeout(),
            source.folder(),
            LoggerFactory.getLogger("server." + spec.name())));
  }

  /**
   * Nobody is in that revision any more: its rules go, and those of its servers that no other has.
   * Then nothing is left of its plugins' code in it.
   */
  private void free(Revision old, Supply with, Map<String, Server> servers) {
    try {
      old.close();
      open.leave(servers.values());
    } finally {
      with.leave();
    }
  }

  /** Frees what nobody used for long. */
  void sweep() {
    live.current().servers().values().forEach(server -> server.lines().sweep());
  }

  private GrantDirectory directory(Revision next) {
    List<DocumentGrant> documented =
        next.grants().values().stream()
            .map(grant ->
                new DocumentGrant(
                    grant.name(),
                    grant.tokenSha256(),
                    grant.servers(),
                    grant.labels(),
                    grant.expires()))
            .toList();
    Optional<LocalGrant> implicit =
        local
            ? Optional.of(LocalGrant.over(next.servers().keySet(), next.policies().keySet()))
            : Optional.empty();
    return new GrantDirectory(documented, grants, implicit, LOG::warn);
  }

  private static Map<String, WebhookTarget> webhooks(Revision next) throws DocumentException {
    Map<String, WebhookTarget> targets = new HashMap<>();
    for (Webhook webhook : next.webhooks().values()) {
      try {
        targets.put(
            webhook.name(), new WebhookTarget(webhook.name(), webhook.url(), webhook.secrets()));
      } catch (InvalidConfigException e) {
        throw new DocumentException(
            e.problems().stream()
                .map(problem ->
                    new Problem(
                        "webhooks",
                        0,
                        0,
                        "/webhooks/" + webhook.name() + "/" + problem.key(),
                        "expected " + problem.expected() + "; found " + problem.found()))
                .toList());
      }
    }
    return targets;
  }

  @SuppressWarnings("ReferenceEquality") // the very transport, not one that is made alike
  private static boolean same(@Nullable Server one, Server other) {
    return one == other;
  }

  private static String shortened(String id) {
    return id.substring(0, Math.min(12, id.length()));
  }

  @Override
  public void close() {
    live.close();
    waiting.ifPresent(Supply::leave);
    supply.leave();
  }
}
