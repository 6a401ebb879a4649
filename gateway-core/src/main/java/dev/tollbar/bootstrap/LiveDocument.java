package dev.tollbar.bootstrap;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.consent.WebhookTarget;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.document.ReadContext;
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
import dev.tollbar.state.Grants;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the document in force: makes the first revision live, and later ones as the document
 * changes. A server that is reached as before keeps its transport, and its sessions with it; on
 * another one they are initialised anew. One thread at a time.
 */
final class LiveDocument implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveDocument.class);

  private final DocumentSource source;
  private final ReadContext context;
  private final Grants grants;
  private final History history;
  private final Sessions sessions;
  private final boolean local;
  private final Live live;
  private volatile boolean closing;
  private volatile Revision revision;
  private volatile List<String> problems = List.of();

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
      ReadContext context,
      Grants grants,
      History history,
      Sessions sessions,
      boolean local)
      throws DocumentException {
    this.source = source;
    this.context = context;
    this.grants = grants;
    this.history = history;
    this.sessions = sessions;
    this.local = local;
    this.revision = read();
    this.live = new Live(compose(revision, Map.of()));
    history.starts(source, revision);
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

  /** Reads the document again. What is wrong with it leaves the revision in force as it is. */
  synchronized void reload() {
    try {
      Revision next = read();
      if (next.fingerprint().equals(revision.fingerprint())) {
        next.close();
        problems = List.of();
        return;
      }
      Map<String, Server> before = live.current().servers();
      LiveRevision composed = compose(next, before);
      keep(next, composed);
      revision = next;
      live.replace(composed);
      problems = List.of();
      before.forEach((name, server) -> {
        if (!same(composed.servers().get(name), server)) {
          sessions.forgetAll(name);
        }
      });
      LOG.info("{}: revision {} is in force", source.name(), shortened(next.id()));
    } catch (DocumentException e) {
      problems = e.problems().stream().map(Problem::toString).toList();
      LOG.error("{}: the change is not in force:\n{}", source.name(), Problem.text(e.problems()));
    } catch (RuntimeException | LinkageError e) { // plugins are strangers; the watch must go on
      problems = List.of("the document could not be read");
      LOG.error("{}: the change is not in force", source.name(), e);
    }
  }

  /** Takes back what was composed if it cannot be kept. */
  private void keep(Revision next, LiveRevision composed) throws DocumentException {
    try {
      history.changes(source, next);
    } catch (DocumentException e) {
      composed.drop();
      throw e;
    }
  }

  /** Reads it, and tries it with the tests that it asks for. */
  private Revision read() throws DocumentException {
    return switch (source.read(context)) {
      case Reading.Loaded loaded -> {
        mending = Set.of();
        test(loaded.revision());
        yield loaded.revision();
      }
      case Reading.Rejected rejected -> {
        mending = rejected.files();
        throw new DocumentException(rejected.problems());
      }
    };
  }

  private void test(Revision next) throws DocumentException {
    TestGate gate = new TestGate(source, context);
    List<Problem> wrong = gate.problems(next);
    if (!wrong.isEmpty()) {
      Set<Path> files = new HashSet<>(next.files());
      files.addAll(gate.files());
      mending = files;
      next.close();
      throw new DocumentException(wrong);
    }
  }

  /**
   * Everything that calls need of a revision. Transports of servers that did not change are kept.
   */
  private LiveRevision compose(Revision next, Map<String, Server> before) throws DocumentException {
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
      if (existing != null && existing.digest().equals(spec.digest())) {
        servers.put(spec.name(), existing);
        continue;
      }
      try {
        Server server = server(spec, open(spec));
        opened.add(server);
        servers.put(spec.name(), server);
      } catch (DocumentException e) {
        wrong.addAll(e.problems());
      }
    }
    if (!wrong.isEmpty()) {
      opened.forEach(LiveDocument::close);
      next.close();
      throw new DocumentException(wrong);
    }
    return new LiveRevision(
        next.id(), servers, next.policies(), webhooks, directory, () -> free(next, servers));
  }

  private Server server(ServerSpec spec, UpstreamTransport transport) {
    ServerLines own =
        new EraLines(
            spec.name(), transport, Build.version(), InstantSource.system(), new SecureRandom());
    ServerLines lines = new RoomyLines(spec.name(), own, sessions);
    return new Server(spec.name(), spec.digest(), transport, lines, new ToolCatalog());
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
   * Nobody is in that revision any more: its rules go, and those of its servers that are not used
   * on.
   */
  private void free(Revision old, Map<String, Server> servers) {
    old.close();
    Map<String, Server> inForce = live.current().servers();
    servers.forEach((name, server) -> {
      if (closing || !same(inForce.get(name), server)) {
        close(server);
      }
    });
  }

  /** The lines first, which may have to say goodbye over the transport. */
  private static void close(Server server) {
    server.lines().close();
    server.transport().close();
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
    closing = true;
    live.close();
  }
}
