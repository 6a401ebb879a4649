package dev.tollbar.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.state.Grants;
import dev.tollbar.state.StoredGrant;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrantDirectoryTest {
  private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
  private static final Map<String, String> FILES = Map.of("files", "read-only");
  private static final Map<String, String> TICKETS = Map.of("tickets", "tickets");

  private final StoredGrants store = new StoredGrants();
  private final List<String> warnings = new ArrayList<>();

  @Test
  void knowsAGrantOfTheDocument() {
    GrantDirectory grants = directory(inDocument("laptop", "secret-1", Optional.empty()));

    assertThat(grants.authenticate(bearer("secret-1"), NOON))
        .isEqualTo(
            new Authenticated.Known(
                new Grant(
                    "laptop", FILES, Map.of("team", "ops"), Optional.empty(), Optional.empty())));
  }

  @Test
  void knowsAStoredGrant() {
    store.grants.add(stored("ci", "secret-2"));

    assertThat(directory().authenticate(bearer("secret-2"), NOON)).isEqualTo(known("ci", TICKETS));
  }

  @Test
  void refusesWhoShowsNothingOrAnUnknownToken() {
    store.grants.add(stored("ci", "secret-2"));
    GrantDirectory grants = directory(inDocument("laptop", "secret-1", Optional.empty()));

    assertThat(grants.authenticate(Optional.empty(), NOON)).isEqualTo(new Authenticated.Missing());
    assertThat(grants.authenticate(bearer("secret-3"), NOON))
        .isEqualTo(new Authenticated.Unknown());
    assertThat(grants.authenticate(bearer(Tokens.sha256Hex("secret-1")), NOON))
        .isEqualTo(new Authenticated.Unknown());
  }

  @Test
  void refusesAHeaderThatIsNotBearerAndOneToken() {
    GrantDirectory grants = directory(inDocument("laptop", "a", Optional.empty()));

    for (String header :
        List.of(
            "",
            "a",
            "Bearer",
            "Bearer ",
            "Basic a",
            "Bearer a b",
            "Bearer a,Bearer b",
            "Bearer ä",
            "Bearer " + "a".repeat(513))) {
      assertThat(grants.authenticate(Optional.of(header), NOON))
          .as(header)
          .isEqualTo(new Authenticated.Malformed());
    }
    assertThat(grants.authenticate(Optional.of("bEARER  a"), NOON))
        .isInstanceOf(Authenticated.Known.class);
  }

  @Test
  void refusesFromTheMomentOfExpiry() {
    GrantDirectory grants = directory(inDocument("laptop", "a", Optional.of(NOON)));

    assertThat(grants.authenticate(bearer("a"), NOON.minusNanos(1)))
        .isInstanceOf(Authenticated.Known.class);
    assertThat(grants.authenticate(bearer("a"), NOON))
        .isEqualTo(new Authenticated.Expired("laptop"));
  }

  @Test
  void noticesARevocationWithinASecond() {
    store.grants.add(stored("ci", "a"));
    GrantDirectory grants = directory();
    assertThat(grants.authenticate(bearer("a"), NOON)).isEqualTo(known("ci", TICKETS));

    store.revoke("ci", NOON);

    assertThat(grants.authenticate(bearer("a"), NOON.plusMillis(1000)))
        .isEqualTo(new Authenticated.Revoked("ci"));
  }

  @Test
  void asksTheStoreAtMostOnceASecondAndReadsItOnlyWhenItChanged() {
    store.grants.add(stored("ci", "a"));
    GrantDirectory grants = directory();

    for (int millis = 0; millis < 3000; millis += 100) {
      grants.authenticate(bearer("a"), NOON.plusMillis(millis));
    }

    assertThat(store.versionsAsked).isEqualTo(3);
    assertThat(store.listsAsked).isEqualTo(1);
  }

  @Test
  void asksAgainWhenTheClockWasSetBack() {
    store.grants.add(stored("ci", "a"));
    GrantDirectory grants = directory();
    grants.authenticate(bearer("a"), NOON);
    store.revoke("ci", NOON);

    assertThat(grants.authenticate(bearer("a"), NOON.minusSeconds(3600)))
        .isEqualTo(new Authenticated.Revoked("ci"));
  }

  @Test
  void prefersTheDocumentAndWarnsOnce() {
    store.grants.add(stored("laptop", "b"));
    store.grants.add(stored("copy", "a"));
    GrantDirectory grants = directory(inDocument("laptop", "a", Optional.empty()));

    assertThat(grants.authenticate(bearer("b"), NOON)).isEqualTo(new Authenticated.Unknown());
    store.version++;
    assertThat(grants.authenticate(bearer("b"), NOON.plusSeconds(5)))
        .isEqualTo(new Authenticated.Unknown());
    assertThat(grants.authenticate(bearer("a"), NOON)).isInstanceOf(Authenticated.Known.class);
    assertThat(warnings)
        .containsExactly(
            "stored grant \"laptop\" is ignored: the document has one of that name",
            "stored grant \"copy\" is ignored: the document has one of its token");
  }

  @Test
  void refusesTwoGrantsOfADocumentWithOneToken() {
    assertThatThrownBy(() ->
            directory(
                inDocument("one", "a", Optional.empty()), inDocument("two", "a", Optional.empty())))
        .hasMessage("grants \"one\" and \"two\" have one token");
  }

  @Test
  void servesTheLocalGrantOnlyWhileThereIsNoOther() {
    GrantDirectory grants = local();
    assertThat(grants.isLocal(NOON)).isTrue();
    assertThat(grants.authenticate(Optional.empty(), NOON)).isEqualTo(known("local", FILES));
    assertThat(grants.authenticate(bearer("a"), NOON)).isEqualTo(new Authenticated.Unknown());

    store.add(stored("ci", "a"));
    store.revoke("ci", NOON);

    assertThat(grants.isLocal(NOON.plusSeconds(1))).isFalse();
    assertThat(grants.authenticate(Optional.empty(), NOON.plusSeconds(1)))
        .isEqualTo(new Authenticated.Missing());
  }

  @Test
  void hasNoLocalGrantBesideGrantsOfTheDocument() {
    GrantDirectory grants = local(inDocument("laptop", "a", Optional.empty()));

    assertThat(grants.authenticate(Optional.empty(), NOON)).isEqualTo(new Authenticated.Missing());
  }

  @Test
  void hasNoLocalGrantWhereNoneIsGiven() {
    assertThat(directory().authenticate(Optional.empty(), NOON))
        .isEqualTo(new Authenticated.Missing());
  }

  @Test
  void knowsOnlyTheDocumentsGrantsWhileTheStoreIsDown() {
    GrantDirectory grants = local(inDocument("laptop", "a", Optional.empty()));
    GrantDirectory alone = local();
    store.down = true;

    assertThat(grants.authenticate(bearer("a"), NOON)).isInstanceOf(Authenticated.Known.class);
    assertThatThrownBy(() -> grants.authenticate(bearer("b"), NOON))
        .isInstanceOf(StoreUnavailableException.class);
    assertThatThrownBy(() -> alone.authenticate(Optional.empty(), NOON))
        .isInstanceOf(StoreUnavailableException.class);
  }

  private GrantDirectory directory(DocumentGrant... document) {
    return new GrantDirectory(List.of(document), store, Optional.empty(), warnings::add);
  }

  private GrantDirectory local(DocumentGrant... document) {
    return new GrantDirectory(
        List.of(document), store, Optional.of(new LocalGrant(FILES)), warnings::add);
  }

  private static DocumentGrant inDocument(String name, String token, Optional<Instant> expires) {
    return new DocumentGrant(name, Tokens.sha256Hex(token), FILES, Map.of("team", "ops"), expires);
  }

  private static StoredGrant stored(String name, String token) {
    return new StoredGrant(
        name, Tokens.sha256Hex(token), TICKETS, Map.of(), NOON, Optional.empty(), Optional.empty());
  }

  private static Authenticated known(String name, Map<String, String> servers) {
    return new Authenticated.Known(
        new Grant(name, servers, Map.of(), Optional.empty(), Optional.empty()));
  }

  private static Optional<String> bearer(String token) {
    return Optional.of("Bearer " + token);
  }

  private static final class StoredGrants implements Grants {
    private final List<StoredGrant> grants = new ArrayList<>();
    private long version;
    private int versionsAsked;
    private int listsAsked;
    private boolean down;

    @Override
    public List<StoredGrant> list() {
      listsAsked++;
      return List.copyOf(grants);
    }

    @Override
    public boolean add(StoredGrant grant) {
      version++;
      return grants.add(grant);
    }

    @Override
    public boolean revoke(String name, Instant at) {
      version++;
      grants.replaceAll(grant ->
          grant.name().equals(name)
              ? new StoredGrant(
                  name,
                  grant.tokenSha256(),
                  grant.servers(),
                  grant.labels(),
                  grant.created(),
                  grant.expires(),
                  Optional.of(at))
              : grant);
      return true;
    }

    @Override
    public long version() {
      versionsAsked++;
      if (down) {
        throw new StoreUnavailableException("down", new IllegalStateException());
      }
      return version;
    }
  }
}
