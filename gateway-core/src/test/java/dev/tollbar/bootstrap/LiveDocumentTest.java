package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.tollbar.api.Call;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.api.Verdict;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Kinds;
import dev.tollbar.document.Problem;
import dev.tollbar.document.ReadContext;
import dev.tollbar.legacy.EndedSessions;
import dev.tollbar.legacy.Reach;
import dev.tollbar.legacy.SessionSeal;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.pipeline.FakeUpstream;
import dev.tollbar.pipeline.TestGateway;
import dev.tollbar.plugins.PluginReport;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.StrictParser;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.PluginSet;
import dev.tollbar.state.Revisions;
import dev.tollbar.state.StoredPlugin;
import dev.tollbar.state.StoredRevision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A document that changes while the gateway runs. */
class LiveDocumentTest {

  record Nothing() {}

  record Place(String at) {}

  private final AtomicInteger closedRules = new AtomicInteger();
  private final AtomicInteger freed = new AtomicInteger();
  private final AtomicBoolean broken = new AtomicBoolean();
  private final AtomicBoolean full = new AtomicBoolean();
  private final List<FakeUpstream> transports = new ArrayList<>();
  @TempDir private Path folder;
  private Sessions sessions;
  private Path file;
  private EmbeddedState state;

  private final class Denies implements RuleKind<Nothing> {
    @Override
    public String name() {
      return "deny";
    }

    @Override
    public Class<Nothing> configType() {
      return Nothing.class;
    }

    @Override
    public Rule create(Nothing config, RuleContext context) {
      return new Rule() {
        @Override
        public Verdict evaluate(Call call) {
          return Verdict.deny("Denied.");
        }

        @Override
        public void close() {
          closedRules.incrementAndGet();
        }
      };
    }
  }

  private final class Reaches implements TransportKind<Place> {
    @Override
    public String name() {
      return "fake";
    }

    @Override
    public Class<Place> configType() {
      return Place.class;
    }

    @Override
    public UpstreamTransport open(Place config, TransportContext context) {
      FakeUpstream upstream = new FakeUpstream();
      transports.add(upstream);
      return upstream;
    }
  }

  private final Kinds kinds = kinds("1", true);

  private Kinds kinds(String version, boolean withDeny) {
    return new Kinds() {
      @Override
      public Optional<LoadedKind<RuleKind<?>>> rule(String name) {
        if (broken.get()) {
          throw new NoClassDefFoundError("secret words");
        }
        return rules().stream().filter(kind -> kind.kind().name().equals(name)).findAny();
      }

      @Override
      public Optional<LoadedKind<TransportKind<?>>> transport(String name) {
        return transports().stream().filter(kind -> kind.kind().name().equals(name)).findAny();
      }

      @Override
      public List<LoadedKind<RuleKind<?>>> rules() {
        return withDeny
            ? List.of(new LoadedKind<>(new Denies(), "rule-deny@1", "deny.jar"))
            : List.of();
      }

      @Override
      public List<LoadedKind<TransportKind<?>>> transports() {
        return List.of(new LoadedKind<>(new Reaches(), "transport-fake@" + version, "fake.jar"));
      }
    };
  }

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("gateway.json");
    sessions =
        new Sessions(
            SessionSeal.open(folder, new SecureRandom()),
            EndedSessions.open(folder, InstantSource.system()),
            InstantSource.system(),
            new Sessions.Bounds(10, Duration.ofHours(1), Duration.ofHours(1)));
    state = EmbeddedState.open(folder, InstantSource.system());
    Files.writeString(file, document("here", "deny"));
  }

  @AfterEach
  void close() {
    sessions.close();
    state.close();
  }

  private static String document(String at, String byDefault) {
    return """
    {"version": "2",
     "servers": {"files": {"transport": {"fake": {"at": "%s"}}}},
     "policies": {"files": {"default": "%s", "tools": {"drop": {"deny": {}}}}}}
    """
        .formatted(at, byDefault);
  }

  private LiveDocument live() throws DocumentException {
    return live(file);
  }

  private Supply supply(Kinds supplied) {
    return supply(supplied, List.of());
  }

  private Supply supply(Kinds supplied, List<PluginReport> plugins) {
    ReadContext context =
        new ReadContext(
            supplied,
            Map.of(),
            state::counters,
            InstantSource.system(),
            kind -> LoggerFactory.getLogger("rule." + kind));
    return new Supply(
        context,
        kind -> supplied.transport(kind).map(loaded -> loaded.plugin()),
        plugins,
        freed::incrementAndGet);
  }

  /** The history, which now and then cannot be written. */
  private final class Unsteady implements Revisions {
    @Override
    public void comesIntoForce(
        StoredRevision revision, PluginSet plugins, Instant at, boolean start) {
      if (full.get()) {
        throw new StoreUnavailableException("the disk is full");
      }
      state.revisions().comesIntoForce(revision, plugins, at, start);
    }

    @Override
    public List<InForce> history() {
      return state.revisions().history();
    }

    @Override
    public Optional<StoredRevision> find(String id) {
      return state.revisions().find(id);
    }
  }

  /** A report of a jar, as of a version. */
  private static PluginReport report(String version) {
    return new PluginReport(
        "deny.jar",
        Optional.of("rule-deny"),
        Optional.of(version),
        Optional.empty(),
        Optional.empty(),
        "1.0.0",
        Optional.of("ab".repeat(32)),
        Optional.empty(),
        List.of("deny"),
        List.of(),
        PluginReport.State.LOADED,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private LiveDocument live(Path path) throws DocumentException {
    return new LiveDocument(
        new FileSource(path),
        supply(kinds),
        state.grants(),
        new History(new Unsteady(), InstantSource.system()),
        sessions,
        true);
  }

  @Test
  void doesNotStartWithADocumentThatIsWrong() throws Exception {
    Files.writeString(file, document("here", "maybe"));

    assertThatThrownBy(this::live).isInstanceOf(DocumentException.class);
    assertThat(transports).isEmpty();
  }

  @Test
  void aNewRevisionTakesThePlaceOfTheOld() throws Exception {
    try (LiveDocument document = live()) {
      String first = document.revision().id();
      Files.writeString(file, document("here", "allow"));

      document.reload();

      assertThat(document.revision().id()).isNotEqualTo(first);
      assertThat(document.live().current().id()).isEqualTo(document.revision().id());
      assertThat(closedRules).hasValue(1);
    }
    assertThat(closedRules).hasValue(2);
  }

  private void openSession() throws MalformedMessageException {
    FakeUpstream transport = transports.getFirst();
    byte[] initialize = TestGateway.initialize("2025-11-25").getBytes(StandardCharsets.UTF_8);
    sessions.open(
        "laptop",
        new Reach("files", "digest", transport::connect, transport::resume),
        Revision.newestLegacy(),
        transport.connect(),
        StrictParser.parse(initialize));
  }

  @Test
  void keepsEachRevisionThatComesIntoForce() throws Exception {
    try (LiveDocument document = live()) {
      String first = document.revision().id();
      Files.writeString(file, document("here", "allow"));
      document.reload();

      assertThat(state.revisions().history())
          .extracting(Revisions.InForce::revision, Revisions.InForce::how)
          .containsExactly(
              tuple(document.revision().id(), Revisions.How.CHANGE),
              tuple(first, Revisions.How.START));
      assertThat(state.revisions().find(first))
          .contains(
              new StoredRevision(
                  first, file.toString(), document("here", "deny"), new TreeMap<>()));
    }
  }

  @Test
  void aRevisionThatCannotBeKeptDoesNotComeIntoForce() throws Exception {
    try (LiveDocument document = live()) {
      var inForce = document.live().current();
      state.close();
      Files.writeString(file, document("there", "allow"));

      document.reload();

      assertThat(document.live().current()).isSameAs(inForce);
      assertThat(document.problems())
          .containsExactly(
              "its history cannot be kept: "
                  + folder.resolve("tollbar.db")
                  + " is closed: the gateway is stopping");
      assertThat(transports.get(1).closed()).isTrue();
      assertThat(closedRules).hasValue(1);
    }
  }

  @Test
  void theHistoryHasThePluginsBeforeTheyAreInForce() throws Exception {
    try (LiveDocument document = live()) {
      String revision = document.revision().id();
      document.supply(supply(kinds("1", true), List.of(report("1.1"))));
      assertThat(state.revisions().history())
          .extracting(
              Revisions.InForce::revision, Revisions.InForce::how, Revisions.InForce::plugins)
          .containsExactly(
              tuple(revision, Revisions.How.PLUGINS, Optional.of(plugins("1.1"))),
              tuple(revision, Revisions.How.START, Optional.of(PluginSet.of(List.of()))));

      var inForce = document.live().current();
      full.set(true);
      document.supply(supply(kinds("1", true), List.of(report("1.2"))));

      assertThat(document.live().current()).isSameAs(inForce);
      assertThat(document.problems())
          .containsExactly(
              "the plugins that lie in the folder now are not in force: the document cannot be used with them",
              "its history cannot be kept: the disk is full");
      assertThat(state.revisions().history()).hasSize(2);
    }
  }

  private static PluginSet plugins(String version) {
    return PluginSet.of(List.of(new StoredPlugin("rule-deny", version, "ab".repeat(32))));
  }

  @Test
  void whatCouldNotBeKeptComesIntoForceWhenTheStoreWorksAgain() throws Exception {
    full.set(true);
    try (LiveDocument document = live()) {
      String first = document.revision().id();
      Files.writeString(file, document("here", "allow"));
      document.supply(supply(kinds("1", true), List.of(report("1.1"))));
      document.reload();
      assertThat(document.revision().id()).isEqualTo(first);
      assertThat(document.isUnkept()).isTrue();
      assertThat(state.revisions().history()).isEmpty();

      try (DocumentWatch watch =
          new DocumentWatch(document, new DocumentLock(folder), () -> !full.get())) {
        watch.start(); // no file changes from now on
        full.set(false);
        awaits(() -> !document.isUnkept());
      }
      assertThat(document.revision().id()).isNotEqualTo(first);
      assertThat(document.problems()).isEmpty();
      assertThat(state.revisions().history())
          .extracting(
              Revisions.InForce::revision, Revisions.InForce::how, Revisions.InForce::plugins)
          .containsExactly(
              tuple(document.revision().id(), Revisions.How.CHANGE, Optional.of(plugins("1.1"))),
              tuple(first, Revisions.How.START, Optional.of(PluginSet.of(List.of()))));
    }
  }

  @Test
  void waitsUntilACommandHasWrittenAllFiles() throws Exception {
    DocumentLock lock = new DocumentLock(folder);
    try (LiveDocument document = live();
        DocumentWatch watch = new DocumentWatch(document, lock, () -> true)) {
      String first = document.revision().id();
      try (var _ = lock.hold()) {
        watch.start();
        Files.writeString(file, document("here", "allow"));
        LockSupport.parkNanos(Duration.ofMillis(600).toNanos()); // three looks
        assertThat(document.revision().id()).isEqualTo(first);
      }
      awaits(() -> !document.revision().id().equals(first));
    }
  }

  @Test
  void aServerThatIsReachedAsBeforeKeepsItsTransportAndSessions() throws Exception {
    try (LiveDocument document = live()) {
      openSession();
      Files.writeString(file, document("here", "allow"));

      document.reload();

      assertThat(transports).hasSize(1);
      assertThat(transports.getFirst().closed()).isFalse();
      assertThat(sessions.size()).isEqualTo(1);
    }
    assertThat(transports.getFirst().closed()).isTrue();
  }

  @Test
  void aServerThatIsReachedAnotherWayLosesItsTransportAndSessions() throws Exception {
    try (LiveDocument document = live()) {
      openSession();
      Files.writeString(file, document("there", "deny"));

      document.reload();

      assertThat(transports).hasSize(2);
      assertThat(transports.get(0).closed()).isTrue();
      assertThat(transports.get(1).closed()).isFalse();
      assertThat(sessions.size()).isZero();
    }
  }

  @Test
  void anUnchangedDocumentChangesNothing() throws Exception {
    try (LiveDocument document = live()) {
      var inForce = document.live().current();

      document.reload();

      assertThat(document.live().current()).isSameAs(inForce);
      assertThat(transports).hasSize(1);
      assertThat(closedRules).hasValue(1); // of the reading that was dropped
    }
  }

  @Test
  void aBrokenDocumentLeavesTheOldInForceUntilItIsMended() throws Exception {
    try (LiveDocument document = live()) {
      var inForce = document.live().current();
      Files.writeString(file, document("here", "maybe"));

      document.reload();
      assertThat(document.live().current()).isSameAs(inForce);
      assertThat(document.problems())
          .hasSize(1)
          .first()
          .asString()
          .contains("/policies/files/default")
          .contains("\"maybe\"");
      assertThat(closedRules).hasValue(1);

      Files.writeString(file, document("here", "allow"));
      document.reload();
      assertThat(document.problems()).isEmpty();
      assertThat(document.live().current()).isNotSameAs(inForce);
    }
  }

  @Test
  void aReaderThatFailsLeavesTheOldInForce() throws Exception {
    try (LiveDocument document = live()) {
      var inForce = document.live().current();
      broken.set(true);
      Files.writeString(file, document("here", "allow"));

      document.reload();
      assertThat(document.live().current()).isSameAs(inForce);
      assertThat(document.problems()).containsExactly("the document could not be read");

      broken.set(false);
      document.reload();
      assertThat(document.problems()).isEmpty();
      assertThat(document.live().current()).isNotSameAs(inForce);
    }
  }

  @Test
  void otherPluginsTakeOverAndTheOldAreFreedAfterTheLastCall() throws Exception {
    try (LiveDocument document = live()) {
      var inForce = document.live().current();

      document.supply(supply(kinds("1", true)));

      assertThat(document.live().current()).isNotSameAs(inForce);
      assertThat(document.problems()).isEmpty();
      assertThat(transports).hasSize(1);
      assertThat(transports.getFirst().closed()).isFalse();
      assertThat(closedRules).hasValue(1);
      assertThat(freed).hasValue(1);
      assertThat(state.revisions().history()).hasSize(1); // the document has not changed
    }
    assertThat(transports.getFirst().closed()).isTrue();
    assertThat(freed).hasValue(2);
  }

  @Test
  void aServerWhoseTransportIsOfAnotherPluginIsReachedAnew() throws Exception {
    try (LiveDocument document = live()) {
      openSession();

      document.supply(supply(kinds("2", true)));

      assertThat(transports).hasSize(2);
      assertThat(transports.get(0).closed()).isTrue();
      assertThat(transports.get(1).closed()).isFalse();
      assertThat(sessions.size()).isZero();
    }
  }

  @Test
  void pluginsThatTheDocumentNeedsStayUntilItDoesNotNeedThem() throws Exception {
    try (LiveDocument document = live()) {
      var inForce = document.live().current();

      document.supply(supply(kinds("1", false)));

      assertThat(document.live().current()).isSameAs(inForce);
      assertThat(document.problems())
          .containsExactly(
              "the plugins that lie in the folder now are not in force: the document cannot be used with them",
              "3:63 /policies/files/tools/drop/deny: unknown rule kind \"deny\"; loaded: none");
      assertThat(freed).hasValue(0);

      Files.writeString(file, document("here", "allow"));
      document.reload();
      assertThat(document.live().current()).isNotSameAs(inForce);
      assertThat(document.problems()).hasSize(2);
      assertThat(freed).hasValue(0);

      Files.writeString(file, document("here", "allow").replace("{\"deny\": {}}", "{}"));
      document.reload();
      assertThat(document.problems()).isEmpty();
      assertThat(document.waiting()).isEmpty();
      assertThat(freed).hasValue(1);
    }
    assertThat(freed).hasValue(2);
  }

  @Test
  void pluginsThatWaitGoWhenOthersCome() throws Exception {
    try (LiveDocument document = live()) {
      document.supply(supply(kinds("1", false)));
      assertThat(document.waiting()).isPresent();

      document.supply(supply(kinds("1", true)));

      assertThat(document.waiting()).isEmpty();
      assertThat(document.problems()).isEmpty();
      assertThat(freed).hasValue(2);
    }
    assertThat(freed).hasValue(3);
  }

  @Test
  void waitsForAFileThatARefusedDocumentNames() throws Exception {
    try (LiveDocument document = live()) {
      Path policy = folder.resolve("files.json");
      Files.writeString(
          file,
          """
          {"version": "2",
           "servers": {"files": {"transport": {"fake": {"at": "here"}}}},
           "policies": {"files": {"file": "files.json"}}}
          """);

      document.reload();

      assertThat(document.problems()).hasSize(1);
      assertThat(document.files()).contains(file.toRealPath(), policy.toAbsolutePath());
    }
  }

  @Test
  void noticesEditsAndFilesThatTakeItsPlace() throws Exception {
    try (LiveDocument document = live();
        DocumentWatch watch = new DocumentWatch(document, new DocumentLock(folder), () -> true)) {
      watch.start();

      changes(document, () -> Files.writeString(file, document("here", "allow")));
      changes(
          document,
          () -> {
            Path saved = Files.writeString(folder.resolve("saved"), document("here", "deny"));
            Files.move(saved, file, StandardCopyOption.ATOMIC_MOVE);
          });
    }
  }

  @Test
  void noticesALinkThatPointsElsewhere() throws Exception {
    Path old = Files.createDirectory(folder.resolve("old"));
    Path next = Files.createDirectory(folder.resolve("next"));
    Files.writeString(old.resolve("gateway.json"), document("here", "deny"));
    Files.writeString(next.resolve("gateway.json"), document("here", "allow"));
    Path data = Files.createSymbolicLink(folder.resolve("..data"), old.getFileName());
    Path linked = folder.resolve("linked.json");
    Files.createSymbolicLink(linked, Path.of("..data", "gateway.json"));

    try (LiveDocument document = live(linked);
        DocumentWatch watch = new DocumentWatch(document, new DocumentLock(folder), () -> true)) {
      watch.start();

      changes(
          document,
          () -> {
            Path swapped = Files.createSymbolicLink(folder.resolve("swapped"), next.getFileName());
            Files.move(swapped, data, StandardCopyOption.ATOMIC_MOVE);
          });
    }
  }

  private interface Change {
    void make() throws IOException;
  }

  private static void changes(LiveDocument document, Change change) throws IOException {
    String before = document.revision().id();
    change.make();
    awaits(() -> !document.revision().id().equals(before));
    assertThat(document.problems()).isEmpty();
  }

  private static void awaits(BooleanSupplier holds) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!holds.getAsBoolean() && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
    assertThat(holds.getAsBoolean()).isTrue();
  }

  private static String tested(String byDefault, String onReload) {
    return document("here", byDefault)
        .replace("{\"version\": \"2\",", "{\"version\": \"2\", \"on_reload\": " + onReload + ",");
  }

  private void cases(String folderName, String decision) throws IOException {
    Files.createDirectories(folder.resolve(folderName));
    Files.writeString(
        folder.resolve(folderName).resolve("gateway.test.yaml"),
        """
        document: %s
        cases:
          - name: what is not listed
            calls: [{ tool: read, expect: { decision: %s } }]
        """
            .formatted(folder.resolve("gateway.json"), decision));
  }

  private String failed() {
    return folder.resolve("gateway.test.yaml")
        + ": 1 problem\n  1. 4:13: case \"what is not listed\" failed: call 1: read {} by local: "
        + "expected decision deny; found permit";
  }

  @Test
  void aRevisionThatFailsItsTestsDoesNotComeIntoForce() throws Exception {
    cases("", "deny");
    Files.writeString(file, tested("deny", "\"test\""));
    try (LiveDocument document = live()) {
      String first = document.revision().id();

      Files.writeString(file, tested("allow", "\"test\""));
      document.reload();

      assertThat(document.revision().id()).isEqualTo(first);
      assertThat(document.problems())
          .containsExactly(
              folder.resolve("gateway.test.yaml")
                  + ": 4:13: case \"what is not listed\" failed: call 1: read {} by local: expected"
                  + " decision deny; found permit");
      assertThat(document.files()).contains(folder.resolve("gateway.test.yaml"), folder);

      cases("", "permit");
      document.reload();

      assertThat(document.revision().id()).isNotEqualTo(first);
      assertThat(document.problems()).isEmpty();
    }
  }

  @Test
  void doesNotStartWithADocumentThatFailsItsTests() throws Exception {
    cases("", "deny");
    Files.writeString(file, tested("allow", "\"test\""));

    assertThatThrownBy(this::live)
        .isInstanceOfSatisfying(
            DocumentException.class,
            e -> assertThat(Problem.text(e.problems())).isEqualTo(failed()));
    assertThat(transports).isEmpty();
  }

  @Test
  void testsMayLieInAFolderOfTheirOwn() throws Exception {
    cases("tests", "deny");
    Files.writeString(file, tested("deny", "{\"tests\": \"tests\"}"));

    try (LiveDocument document = live()) {
      assertThat(document.problems()).isEmpty();
    }
  }

  @Test
  void testsAreFoundWhereTheFolderIsALink() throws Exception {
    Path release = Files.createDirectories(folder.resolve("releases").resolve("7"));
    Files.writeString(release.resolve("gateway.json"), tested("allow", "\"test\""));
    Files.writeString(
        release.resolve("gateway.test.yaml"),
        """
        document: gateway.json
        cases: [{ name: read, calls: [{ tool: read, expect: { decision: permit } }] }]
        """);
    Path current = Files.createSymbolicLink(folder.resolve("current"), release);

    try (LiveDocument document = live(current.resolve("gateway.json"))) {
      assertThat(document.problems()).isEmpty();
    }
  }

  @Test
  void aDocumentThatAsksForTestsMustHaveThem() throws Exception {
    Files.writeString(file, tested("deny", "\"test\""));
    assertThatThrownBy(this::live)
        .isInstanceOfSatisfying(
            DocumentException.class,
            e ->
                assertThat(Problem.text(e.problems()))
                    .isEqualTo(
                        file
                            + ": 1 problem\n  1. /on_reload: expected a test of this document in "
                            + folder
                            + "; found none"));

    Files.writeString(file, tested("deny", "{\"tests\": \"nowhere\"}"));
    assertThatThrownBy(this::live)
        .isInstanceOfSatisfying(
            DocumentException.class,
            e ->
                assertThat(Problem.text(e.problems()))
                    .isEqualTo(
                        file
                            + ": 1 problem\n  1. /on_reload: expected a folder of tests; found none at "
                            + folder.resolve("nowhere")));

    Files.writeString(file, tested("deny", "{\"tests\": \"../elsewhere\"}"));
    assertThatThrownBy(this::live)
        .isInstanceOfSatisfying(
            DocumentException.class,
            e ->
                assertThat(e.problems().getFirst().message())
                    .isEqualTo(
                        "expected test, or {\"tests\": \"DIR\"} with a folder below that of the"
                            + " document; found {\"tests\":\"../elsewhere\"}"));
  }

  @Test
  void testsOfOtherDocumentsAreNotRunAndBrokenOnesAreTold() throws Exception {
    cases("", "deny");
    Files.writeString(
        folder.resolve("other.test.yaml"),
        "policy: other.yaml\ncases: [{ name: a, calls: [{ tool: t, expect: { decision: permit } }] }]\n");
    Files.writeString(file, tested("deny", "\"test\""));
    live().close();

    Files.writeString(folder.resolve("other.test.yaml"), "cases: []\n");
    assertThatThrownBy(this::live)
        .isInstanceOfSatisfying(
            DocumentException.class,
            e ->
                assertThat(Problem.text(e.problems()))
                    .startsWith(folder.resolve("other.test.yaml") + ": 2 problems"));
  }
}
