package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tollbar.aggregate.Aggregate;
import dev.tollbar.aggregate.Settings;
import dev.tollbar.audit.ArgumentDigest;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionRecord;
import dev.tollbar.audit.RecordSchema;
import dev.tollbar.consent.Answers;
import dev.tollbar.consent.Consent;
import dev.tollbar.consent.DecisionLinks;
import dev.tollbar.consent.WebhookSender;
import dev.tollbar.identity.DocumentGrant;
import dev.tollbar.identity.GrantDirectory;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.identity.LoopbackGuard;
import dev.tollbar.identity.Tokens;
import dev.tollbar.legacy.EndedSessions;
import dev.tollbar.legacy.HandshakeIds;
import dev.tollbar.legacy.SessionSeal;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Policy.ServerRequest;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import dev.tollbar.state.Approval;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.State;
import dev.tollbar.upstream.Room;
import dev.tollbar.upstream.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * A whole gateway, but for its fronts, plugins and documents: one server {@code tickets}, or those
 * that a test brings, and grants by these tokens.
 */
public final class TestGateway implements AutoCloseable {
  /** Has policy {@code p} on the server. */
  public static final String LAPTOP = "tb_laptop";

  public static final String DESKTOP = "tb_desktop";

  /** Has a policy on the server that no revision knows. */
  static final String BARE = "tb_bare";

  /** Reaches another server only. */
  public static final String ELSEWHERE = "tb_elsewhere";

  static final String EXPIRED = "tb_expired";

  /** Rules may take so long; far more than they need, however slow the machine is. */
  static final Duration BUDGET = Duration.ofSeconds(30);

  final SettableClock clock = new SettableClock();
  final FakeUpstream upstream;
  final Server server;
  final Room room = new Room(Room.Terms.atOnce(1_000));
  private final Map<String, Server> servers;
  final List<DecisionRecord> records = new CopyOnWriteArrayList<>();
  final State state;
  final DecisionLog log;
  final Sessions sessions;
  final Live live;
  private final Gateway gateway;
  private final Aggregate aggregate;
  private final Answers answers;
  final DecisionLinks links;
  final Consent consent;
  private final Path data;
  private final boolean local;
  private final Deque<AutoCloseable> closing = new ArrayDeque<>();

  /** After so long a slow answer becomes a stream, which few tests want to see. */
  private static final Duration PATIENT = Duration.ofHours(1);

  private TestGateway(
      Path data,
      Policy policy,
      State state,
      DecisionLog log,
      Duration budget,
      Duration patience,
      boolean local)
      throws IOException {
    this(data, Map.of("tickets", new FakeUpstream()), policy, state, log, budget, patience, local);
  }

  private TestGateway(
      Path data,
      Map<String, FakeUpstream> upstreams,
      Policy policy,
      State state,
      DecisionLog log,
      Duration budget,
      Duration patience,
      boolean local)
      throws IOException {
    this.local = local;
    this.servers = new HashMap<>();
    upstreams.forEach((name, fake) -> servers.put(name, new Server(name, "digest", fake)));
    this.server = servers.values().iterator().next();
    this.upstream = Objects.requireNonNull(upstreams.get(server.name()));
    SecureRandom random = new SecureRandom();
    this.data = data;
    this.state = opened(state);
    this.log = opened(log);
    this.sessions =
        opened(
            new Sessions(
                SessionSeal.open(data, random),
                EndedSessions.open(data, clock),
                clock,
                new Sessions.Bounds(100, Duration.ofHours(1), Duration.ofHours(1))));
    this.live = opened(new Live(revision("r1", policy, () -> {})));
    this.answers = new Answers(state.approvals(), clock);
    this.links = DecisionLinks.open(data, random);
    WebhookSender sender =
        opened(
            new WebhookSender(
                state.approvals(), answers, state.deliveries(), Map::of, links, clock, random));
    this.consent = new Consent(state.approvals(), answers, sender, clock, random);
    this.gateway =
        new Gateway(
            live,
            sessions,
            new LoopbackGuard(List.of(), List.of()),
            opened(new RuleWatch(budget)),
            consent,
            links,
            log,
            ArgumentDigest.open(data, random),
            opened(new KeepAlive(Duration.ofHours(1), patience)),
            room,
            records::add);
    this.aggregate =
        opened(new Aggregate(gateway, handshakeIds(), clock, Settings.defaults(), "1"));
  }

  /** A gateway with its data in a folder. */
  public static TestGateway in(Path data, Policy policy) throws IOException {
    return in(data, policy, BUDGET);
  }

  static TestGateway in(Path data, Policy policy, Duration budget) throws IOException {
    SettableClock clock = new SettableClock();
    State state = EmbeddedState.open(data, clock);
    return new TestGateway(data, policy, state, log(data), budget, PATIENT, false);
  }

  /** A gateway that looks after its clients all the time. */
  public static TestGateway impatient(Path data, Policy policy) throws IOException {
    return impatient(data, policy, false);
  }

  /**
   * The same.
   *
   * @param local without grants, for the process that started it
   */
  static TestGateway impatient(Path data, Policy policy, boolean local) throws IOException {
    State state = EmbeddedState.open(data, new SettableClock());
    Duration little = Duration.ofMillis(20);
    return new TestGateway(data, policy, state, log(data), BUDGET, little, local);
  }

  /** A gateway in front of several servers, all of which laptop and desktop reach. */
  public static TestGateway inFrontOf(Path data, Map<String, FakeUpstream> upstreams, Policy policy)
      throws IOException {
    State state = EmbeddedState.open(data, new SettableClock());
    return new TestGateway(data, upstreams, policy, state, log(data), BUDGET, PATIENT, false);
  }

  /** A gateway without grants, for the process that started it. */
  public static TestGateway local(Path data, Policy policy) throws IOException {
    State state = EmbeddedState.open(data, new SettableClock());
    return new TestGateway(data, policy, state, log(data), BUDGET, PATIENT, true);
  }

  static TestGateway with(Path data, Policy policy, State state) throws IOException {
    return new TestGateway(data, policy, state, log(data), BUDGET, PATIENT, false);
  }

  private static DecisionLog log(Path data) throws IOException {
    return DecisionLog.open(data, DecisionLog.Settings.defaults());
  }

  private <T extends AutoCloseable> T opened(T part) {
    closing.push(part);
    return part;
  }

  /** A revision with this policy. */
  LiveRevision revision(String id, Policy policy, Runnable free) {
    return new LiveRevision(id, servers, Map.of("p", policy), Map.of(), directory(), free);
  }

  private GrantDirectory directory() {
    return local
        ? new GrantDirectory(
            List.of(), state.grants(), Optional.of(new LocalGrant(Map.of("tickets", "p"))), _ -> {})
        : new GrantDirectory(grants(), state.grants(), Optional.empty(), _ -> {});
  }

  private List<DocumentGrant> grants() {
    Map<String, String> all = new HashMap<>();
    servers.keySet().forEach(name -> all.put(name, "p"));
    Map<String, String> allAndMore = new HashMap<>(all);
    allAndMore.put("gone", "p");
    return List.of(
        grant("laptop", LAPTOP, allAndMore, Optional.empty()),
        grant("desktop", DESKTOP, all, Optional.empty()),
        grant("bare", BARE, Map.of("tickets", "unwritten"), Optional.empty()),
        grant("elsewhere", ELSEWHERE, Map.of("files", "p"), Optional.empty()),
        grant("expired", EXPIRED, Map.of("tickets", "p"), Optional.of(clock.instant())));
  }

  private static DocumentGrant grant(
      String name, String token, Map<String, String> servers, Optional<Instant> expires) {
    return new DocumentGrant(
        name, Tokens.sha256Hex(token), servers, Map.of("team", "finance"), expires);
  }

  /** Permits every tool, by these rules in order. */
  static Policy policy(FakeRule... rules) {
    return policy(false, List.of(), Stream.of(rules).map(FakeRule::configured).toList());
  }

  static Policy policy(boolean denyByDefault, List<Selector> hide, List<ConfiguredRule> rules) {
    SectionRules.Entry pay = new SectionRules.Entry(new Selector.Exact("pay"), rules);
    return new Policy(
        "p",
        false,
        Map.of(Section.TOOLS, new SectionRules(denyByDefault, hide, List.of(), List.of(pay))),
        List.of());
  }

  /** A policy that hides one tool. */
  public static Policy hiding(String tool) {
    return policy(false, List.of(new Selector.Exact(tool)), List.of());
  }

  static Policy refusing(ServerRequest... refused) {
    return new Policy("p", false, Map.of(), List.of(refused));
  }

  /** A policy that permits everything. */
  public static Policy open() {
    return new Policy("p", false, Map.of(), List.of());
  }

  public Gateway gateway() {
    return gateway;
  }

  public FakeUpstream upstream() {
    return upstream;
  }

  public InstantSource clock() {
    return clock;
  }

  /** The decision records so far. */
  public List<DecisionRecord> records() {
    return List.copyOf(records);
  }

  /** Another revision comes into force, with the same servers. */
  public void replacePolicy(Policy policy) {
    live.replace(revision("r2", policy, () -> {}));
  }

  /** Time goes by. */
  public void pass(Duration time) {
    clock.step(time);
  }

  /** All servers as one. */
  public Aggregate aggregate() {
    return aggregate;
  }

  /** Ids of sessions on many servers, as a gateway with this data folder reads and makes them. */
  public HandshakeIds handshakeIds() throws IOException {
    SessionSeal seal = SessionSeal.open(data, new SecureRandom());
    return new HandshakeIds(seal, EndedSessions.open(data, clock), clock);
  }

  public int openSessions() {
    return sessions.size();
  }

  /** Sends one message. */
  RecordingClient post(Knock knock, String body) {
    RecordingClient client = new RecordingClient();
    post(knock, body, client);
    return client;
  }

  void post(Knock knock, String body, RecordingClient client) {
    post(knock.with(body, clock.instant()), client);
  }

  void post(Arrival arrival, RecordingClient client) {
    try {
      gateway.post(arrival, client);
    } catch (IOException e) {
      // The fronts see that their client left; nothing is left to do for them.
      if (client.complete()) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Listens on a thread of its own, until the gateway ends that. */
  Thread listen(Knock knock, RecordingClient client) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            gateway.listen(knock.with("", clock.instant()), client);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  /** A client of the laptop that has no session. */
  ModernClient modern() {
    return new ModernClient(this, LAPTOP);
  }

  /** The server's list has shown a tool with this input schema, so that nobody looks it up. */
  public void knows(String tool, String inputSchema) {
    try {
      server
          .catalog()
          .learn(
              new ObjectMapper()
                  .readTree("{\"name\":\"" + tool + "\",\"inputSchema\":" + inputSchema + "}"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a session of the laptop. */
  Knock session() {
    return session(LAPTOP);
  }

  Knock session(String token) {
    Knock knock = Knock.as(token);
    Knock inside = knock.in(post(knock, initialize("2025-11-25")).session());
    records.clear();
    return inside;
  }

  public static String initialize(String revision) {
    return "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
        + "{\"protocolVersion\":\""
        + revision
        + "\",\"capabilities\":{},\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}}";
  }

  /** A call of the tool that the policies of tests are about. */
  public static String pay(int id) {
    return pay(id, "{\"amount\":5}");
  }

  static String pay(int id, String arguments) {
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + id
        + ",\"method\":\"tools/call\",\"params\":{\"name\":\"pay\",\"arguments\":"
        + arguments
        + "}}";
  }

  public static String request(int id, String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":"
        + id
        + ",\"method\":\""
        + method
        + "\",\"params\":"
        + params
        + "}";
  }

  public static String notification(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + params + "}";
  }

  /** A person answers every open question. */
  void people(boolean approve) {
    for (Approval approval : state.approvals().list(clock.instant())) {
      if (approval.status(clock.instant()) == Approval.Status.PENDING) {
        answers.decide(approval.id(), approve, "ann", "Not today.");
      }
    }
  }

  Approval.Status approval() {
    return state.approvals().list(clock.instant()).getFirst().status(clock.instant());
  }

  /** The lines of the decision log so far. */
  List<String> written() throws IOException {
    return Files.readAllLines(data.resolve("decisions.jsonl"));
  }

  /** The lines of the decision log; nothing can be recorded after this. */
  List<String> lines() throws IOException {
    log.close();
    return Files.readAllLines(data.resolve("decisions.jsonl"));
  }

  @Override
  public void close() {
    while (!closing.isEmpty()) {
      try {
        closing.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
    try {
      RecordSchema.checkFolder(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
