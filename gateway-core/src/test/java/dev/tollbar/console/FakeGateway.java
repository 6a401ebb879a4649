package dev.tollbar.console;

import dev.tollbar.consent.Answers;
import dev.tollbar.consent.Ruling;
import dev.tollbar.document.Revision;
import dev.tollbar.history.Comparison;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.StoredRevision;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** A gateway without servers; its approvals are real. */
final class FakeGateway implements GatewayAccess {
  static final String REVISION = "a".repeat(64);

  private final Approvals approvals;
  private final InstantSource clock;
  volatile boolean up = true;
  volatile KnownDocument document = document(Optional.empty(), Optional.empty());

  FakeGateway(Approvals approvals, InstantSource clock) {
    this.approvals = approvals;
    this.clock = clock;
  }

  /** One without other files. */
  static KnownDocument document(Optional<String> edited, Optional<Long> editedBytes) {
    return new KnownDocument(
        "gateway.yaml",
        REVISION,
        "version: \"2\"\n",
        Map.of(),
        edited,
        editedBytes,
        List.of(),
        List.of());
  }

  @Override
  public String version() {
    return "0.0.0";
  }

  @Override
  public <T> T during(Function<Revision, T> action) {
    throw new IllegalStateException("there is no revision");
  }

  @Override
  public String revision() {
    return REVISION;
  }

  @Override
  public Health.Report health() {
    return new Health.Report(
        Map.of("files", new Health.Component(up, up ? "1 process" : "gone")),
        List.of(),
        new Health.Document(Optional.of(REVISION), List.of()),
        Map.of(),
        Map.of(),
        new Health.Component(true, "working"),
        Map.of());
  }

  @Override
  public List<KnownServer> servers() {
    return List.of();
  }

  @Override
  public void learnTools(String server) {
    // There are none.
  }

  @Override
  public List<KnownGrant> grants() {
    return List.of();
  }

  @Override
  public Ruling decide(String approval, boolean approve, String by, String comment) {
    return new Answers(approvals, clock).decide(approval, approve, by, comment);
  }

  @Override
  public Explained explain(byte[] question) {
    return new Explained(409, "{\"detail\":\"no policy judges the call of this record\"}");
  }

  @Override
  public Explained explain(AskedCall call) {
    return call.server().equals(Optional.of("ill"))
        ? new Explained(503, "{\"detail\":\"the grants cannot be read\"}")
        : new Explained(
            200,
            Json.object().put("words", call + "\n").set("explanation", Json.object()).toString());
  }

  @Override
  public KnownDocument document() {
    return document;
  }

  @Override
  public String plugins() {
    return "{\"plugins\":[]}";
  }

  @Override
  public String state() {
    return "{\"file\":\"tollbar.db\"}";
  }

  @Override
  public List<KnownLimit> limits() {
    return List.of();
  }

  @Override
  public StoredRevision kept(String name) throws ApiProblem {
    if (name.equals("beef")) {
      throw ApiProblem.of(404, "not_found", "expected a revision");
    }
    return new StoredRevision(REVISION, "/srv/gateway.yaml", "version: \"2\"\n", new TreeMap<>());
  }

  @Override
  public Comparison compare(StoredRevision before, StoredRevision after) {
    return new Comparison(List.of(), List.of());
  }

  @Override
  public boolean rollBack(StoredRevision target, boolean force) throws ApiProblem {
    if (!force) {
      throw ApiProblem.of(409, "would_lose_changes", "Not done: gateway.yaml was changed.");
    }
    return true;
  }
}
