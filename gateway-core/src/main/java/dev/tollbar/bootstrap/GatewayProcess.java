package dev.tollbar.bootstrap;

import dev.tollbar.aggregate.Aggregate;
import dev.tollbar.aggregate.Settings;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.audit.ArgumentDigest;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionPages;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.Rotation;
import dev.tollbar.console.Console;
import dev.tollbar.console.Health;
import dev.tollbar.console.Logins;
import dev.tollbar.console.Metrics;
import dev.tollbar.console.Traffic;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Kinds;
import dev.tollbar.document.Problem;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.RecordTerms;
import dev.tollbar.identity.LoopbackGuard;
import dev.tollbar.legacy.EndedSessions;
import dev.tollbar.legacy.HandshakeIds;
import dev.tollbar.legacy.SessionSeal;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.pipeline.Gateway;
import dev.tollbar.pipeline.KeepAlive;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.plugins.Bundled;
import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.LoadedTransportKind;
import dev.tollbar.plugins.PluginReport;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Grants;
import dev.tollbar.state.State;
import dev.tollbar.trial.Explainer;
import dev.tollbar.trial.RecordExplainer;
import dev.tollbar.upstream.Server;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of a running gateway but its fronts, made in order and closed in the opposite one. */
final class GatewayProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayProcess.class);
  static final Duration SESSION_IDLE = Duration.ofHours(1);
  private static final int MOST_SESSIONS = 10_000;
  private static final Duration SESSION_REST = Duration.ofMinutes(5);
  private static final Duration RULE_BUDGET = Duration.ofSeconds(5);
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  /**
   * What a gateway is made of.
   *
   * @param plugins where the generation is from, and later ones will be
   * @param grants the stored grants, which the state keeps; none where the client is the parent
   *     process
   * @param sessionIdle how long a session that nobody uses stays in memory
   */
  record Parts(
      DocumentSource source,
      PluginFolder plugins,
      Generation generation,
      State state,
      Grants grants,
      Path data,
      InstantSource clock,
      boolean local,
      Collection<String> hosts,
      Collection<String> origins,
      Duration sessionIdle) {

    Sessions.Bounds bounds() {
      Duration rest = sessionIdle.compareTo(SESSION_REST) < 0 ? sessionIdle : SESSION_REST;
      return new Sessions.Bounds(MOST_SESSIONS, sessionIdle, rest);
    }
  }

  /**
   * Where a program that has a gateway inside may take part.
   *
   * @param kinds what documents can use of a generation
   * @param watcher is told of every decision, on the thread of its call; must not block
   */
  record Hooks(Function<Generation, Kinds> kinds, Consumer<DecisionRecord> watcher) {
    static Hooks none() {
      return new Hooks(DocumentKinds::new, _ -> {});
    }
  }

  private final Deque<AutoCloseable> closing;
  private final Parts parts;
  private final Hooks hooks;
  private final DecisionLog log;
  private final Sessions sessions;
  private final LiveDocument document;
  private final Deciding deciding;
  private final RuleWatch watch;
  private final Capacity capacity = new Capacity();
  private final Metrics metrics;
  private final Health health;
  private final Console console;
  private final PluginWatch pluginWatch;
  private final KeepAlive keepAlive;
  private final Gateway gateway;
  private final Aggregate aggregate;

  /**
   * Puts whatever has to be closed on the stack as it is made, so that a failure leaves nothing.
   */
  private GatewayProcess(Parts parts, Hooks hooks, Deque<AutoCloseable> closing)
      throws DocumentException, IOException {
    this.parts = parts;
    this.hooks = hooks;
    this.closing = closing;
    parts.generation().plugins().forEach(GatewayProcess::tell);
    parts.state().whenProblemChanges(GatewayProcess::tell);
    opened(GatewayLock.share(parts.data()));
    SecureRandom random = new SecureRandom();
    this.log = opened(DecisionLog.open(parts.data(), DecisionLog.Settings.defaults()));
    ArgumentDigest digest = ArgumentDigest.open(parts.data(), random);
    SessionSeal seal = SessionSeal.open(parts.data(), random);
    EndedSessions ended = EndedSessions.open(parts.data(), parts.clock());
    this.sessions = new Sessions(seal, ended, parts.clock(), parts.bounds());
    this.document =
        opened(
            new LiveDocument(
                parts.source(),
                supply(parts.generation()),
                parts.grants(),
                new History(parts.state().revisions(), parts.clock()),
                sessions,
                parts.local()));
    parts.state().prepare();
    log.adjust(terms(document.revision().records()));
    capacity.adjust(document.revision().capacity());
    document.live().whenReplaced(() -> log.adjust(terms(document.revision().records())));
    document.live().whenReplaced(() -> capacity.adjust(document.revision().capacity()));
    opened(sessions);
    this.watch = opened(ruleWatch());
    this.deciding =
        Deciding.open(parts.state(), parts.data(), document::webhooks, parts.clock(), random);
    opened(deciding.sender());
    ExplainDesk explaining =
        new ExplainDesk(
            new RecordExplainer(watch, parts.data(), digest::of),
            new Explainer(watch),
            document,
            parts.grants());
    this.pluginWatch = new PluginWatch(parts.plugins(), this::swap);
    this.metrics = opened(new Metrics(Build.version(), this::pendingApprovals));
    metrics.problems(() -> documentHealth().problems().size(), this::refusedJars);
    metrics.deadLetters(deciding.dead()::count);
    deciding.sender().watchedBy(metrics::webhookAttempt);
    this.health =
        new Health(
            new Health.Sources(
                this::servers,
                this::plugins,
                this::documentHealth,
                this::rules,
                deciding.dead()::webhooks,
                this::stateHealth,
                () -> vital(log)));
    Traffic traffic = new Traffic(parts.clock());
    this.console =
        opened(
            new Console(
                new Console.Parts(
                    new ConsoleDesk(
                        parts, document, this::reports, health, deciding.answers(), explaining),
                    new Logins(parts.state().adminTokens(), parts.clock(), random),
                    parts.state(),
                    new DecisionPages(parts.data()),
                    log,
                    traffic,
                    parts.clock())));
    this.keepAlive = opened(new KeepAlive(KEEP_ALIVE));
    this.gateway =
        new Gateway(
            document.live(),
            sessions,
            new LoopbackGuard(parts.hosts(), parts.origins()),
            watch,
            deciding.consent(),
            deciding.links(),
            log,
            digest,
            keepAlive,
            capacity.calls(),
            Watchers.counting(metrics, traffic, () -> document.live().current().servers().keySet())
                .andThen(hooks.watcher()));
    deciding
        .sender()
        .refusalsTo((code, approval, why) ->
            gateway.answerRefused(parts.clock().instant(), code, why, approval));
    this.aggregate =
        opened(
            new Aggregate(
                gateway,
                new HandshakeIds(seal, ended, parts.clock()),
                parts.clock(),
                Settings.defaults(),
                Build.version()));
    opened(
            new DocumentWatch(
                document, new DocumentLock(parts.data()), () -> parts.state().problem().isEmpty()))
        .start();
    opened(pluginWatch).start();
    opened(new SessionSweep(sessions, document, aggregate, parts.sessionIdle())).start();
    opened(OldGeneration.ofThisProcess()).start();
  }

  /**
   * Makes a gateway. It owns the plugins and the state from then on, also if this fails.
   *
   * @throws CommandException with everything that is wrong
   */
  static GatewayProcess start(Parts parts) throws CommandException {
    try {
      return open(parts, Hooks.none());
    } catch (DocumentException e) {
      throw CommandException.badInput(Problem.text(e.problems()));
    } catch (IOException e) {
      throw CommandException.failed("tollbar: " + e.getMessage());
    }
  }

  /** As {@link #start}, with hooks. */
  static GatewayProcess open(Parts parts, Hooks hooks) throws DocumentException, IOException {
    Deque<AutoCloseable> closing = new ArrayDeque<>();
    closing.push(parts.plugins());
    closing.push(parts.state());
    boolean complete = false;
    try {
      GatewayProcess process = new GatewayProcess(parts, hooks, closing);
      complete = true;
      return process;
    } finally {
      if (!complete) {
        closeAll(closing);
      }
    }
  }

  Gateway gateway() {
    return gateway;
  }

  /** All servers as one. */
  Aggregate aggregate() {
    return aggregate;
  }

  /** Where decisions are recorded, and what operators do. */
  DecisionLog log() {
    return log;
  }

  /** The data folder. */
  Path data() {
    return parts.data();
  }

  LiveDocument document() {
    return document;
  }

  Capacity capacity() {
    return capacity;
  }

  Health health() {
    return health;
  }

  Metrics metrics() {
    return metrics;
  }

  /** The admin API and its page. */
  Console console() {
    return console;
  }

  /** All that belongs to people's decisions. */
  Deciding deciding() {
    return deciding;
  }

  /**
   * Begins to tell webhooks, now that they can answer.
   *
   * @param decisions where people and receivers reach this gateway to decide; empty: nowhere
   */
  void reachableAt(Optional<URI> decisions) {
    deciding.begin(decisions);
  }

  /** Ends what would hold up the web server's stop: streams that only wait, and held calls. */
  void endStreams() {
    deciding.consent().rest();
    aggregate.endStreams();
    console.close();
    keepAlive.close();
  }

  private <T extends AutoCloseable> T opened(T part) {
    closing.push(part);
    return part;
  }

  private static DecisionLog.Terms terms(RecordTerms records) {
    RecordTerms.Rotate rotate = records.rotate();
    return new DecisionLog.Terms(
        new Rotation(
            rotate.size().bytes(),
            rotate.age(),
            rotate.keep().map(OptionalInt::of).orElse(OptionalInt.empty())),
        records.whenFull() == RecordTerms.WhenFull.WAIT);
  }

  /** Puts what lies in the plugins folder now in force, beside what runs. */
  private void swap() throws IOException, InterruptedException {
    List<PluginReport> before = reports();
    Generation next = parts.plugins().load();
    next.plugins().stream()
        .filter(plugin -> !before.contains(plugin))
        .forEach(GatewayProcess::tell);
    document.supply(supply(next));
  }

  /** What revisions are compiled with. Its plugins may take their time to stop. */
  private Supply supply(Generation generation) {
    ReadContext context =
        new ReadContext(
            hooks.kinds().apply(generation),
            System.getenv(),
            parts.state()::counters,
            parts.clock(),
            kind -> LoggerFactory.getLogger("rule." + kind));
    return new Supply(
        context,
        kind -> generation.transportKind(kind).map(LoadedTransportKind::classLoader),
        generation.plugins(),
        () ->
            Thread.ofPlatform()
                .daemon()
                .name("plugin-unload")
                .start(() -> parts.plugins().close(generation)));
  }

  /** Runs rules, also those that may never end. */
  static RuleWatch ruleWatch() {
    return new RuleWatch(RULE_BUDGET, GatewayProcess::heedsInterrupts);
  }

  /** Those of the plugins that came with it: their tests show it. Others may do anything. */
  private static boolean heedsInterrupts(ConfiguredRule rule) {
    return Bundled.isCode(rule.rule());
  }

  private static void tell(PluginReport plugin) {
    plugin.why().ifPresent(why -> LOG.warn("{} is not used: {}", plugin.file(), why));
    plugin.warnings().forEach(warning -> LOG.warn("{}: {}", plugin.file(), warning));
  }

  private int pendingApprovals() {
    return (int)
        parts.state().approvals().list(parts.clock().instant()).stream()
            .filter(approval -> approval.status(parts.clock().instant()) == Approval.Status.PENDING)
            .count();
  }

  private Map<String, Health.Component> servers() {
    Map<String, Health.Component> servers = new HashMap<>();
    for (Server server : document.live().current().servers().values()) {
      UpstreamTransport.Health state = server.transport().health();
      servers.put(server.name(), new Health.Component(state.up(), state.detail()));
    }
    return servers;
  }

  /** The plugins in force, and what is refused of those that wait. */
  List<PluginReport> reports() {
    List<PluginReport> reports = new ArrayList<>(document.supply().plugins());
    document.waiting().map(Supply::plugins).orElse(List.of()).stream()
        .filter(plugin -> plugin.state() == PluginReport.State.REFUSED)
        .filter(plugin -> !reports.contains(plugin))
        .forEach(reports::add);
    return reports;
  }

  private int refusedJars() {
    return (int)
        reports().stream().filter(plugin -> plugin.state() == PluginReport.State.REFUSED).count();
  }

  private List<Health.Plugin> plugins() {
    return reports().stream()
        .map(report ->
            new Health.Plugin(
                report.id().orElse(report.file()),
                report.version().orElse("?"),
                report.state() != PluginReport.State.REFUSED,
                report.why().orElse(String.join(", ", report.kinds()))))
        .toList();
  }

  private Health.Document documentHealth() {
    List<String> problems = new ArrayList<>(document.problems());
    problems.addAll(pluginWatch.problems());
    return new Health.Document(Optional.of(document.revision().id()), problems);
  }

  /** The rules that decide nothing at present. */
  private Map<String, Health.Component> rules() {
    Map<String, Health.Component> rules = new HashMap<>();
    document
        .live()
        .current()
        .outages(watch)
        .forEach((rule, why) -> rules.put(rule, new Health.Component(false, why)));
    return rules;
  }

  private static void tell(Optional<String> problemOfState) {
    problemOfState.ifPresentOrElse(
        why -> LOG.error("{}", why), () -> LOG.info("the store can be used again"));
  }

  private Health.Component stateHealth() {
    Optional<String> problem = parts.state().problem();
    return new Health.Component(problem.isEmpty(), problem.orElse("working"));
  }

  private static Map<String, Health.Component> vital(DecisionLog log) {
    return Map.of(
        "decisions", new Health.Component(log.healthy(), log.problem().orElse("recording")));
  }

  @Override
  public synchronized void close() {
    deciding.consent().rest();
    closeAll(closing);
  }

  private static void closeAll(Deque<AutoCloseable> closing) {
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        LOG.warn("stopping: {}", e.getMessage());
      }
    }
  }
}
