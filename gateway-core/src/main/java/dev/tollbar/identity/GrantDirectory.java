package dev.tollbar.identity;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.state.Grants;
import dev.tollbar.state.StoredGrant;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Knows bearers by their tokens: the grants of one document and those in the store. The store is
 * asked at most once a second whether it changed, so a grant that is revoked is refused at the
 * latest a second later. Safe for use by many threads.
 */
public final class GrantDirectory {
  private static final Duration STORE_CHECK = Duration.ofSeconds(1);

  /** How old the last look may be for a call that would have to wait for another thread's look. */
  private static final Duration STALE = Duration.ofSeconds(3);

  /** One token's grant; the digest is kept for the comparison in constant time. */
  private record Entry(byte[] tokenSha256, Grant grant) {}

  /** The store as it was last seen; revoked grants are in it. */
  private record Snapshot(
      long version, Instant checked, Map<String, Entry> byDigest, boolean empty) {}

  private final Map<String, Entry> document;
  private final Set<String> documentNames;
  private final Grants store;
  private final Optional<Grant> local;
  private final Consumer<String> warnings;
  private final Set<String> warned = new HashSet<>();
  private final ReentrantLock reading = new ReentrantLock();
  private volatile Optional<Snapshot> snapshot = Optional.empty();

  /**
   * A directory for one revision of the document.
   *
   * @param local the grant of clients without a token while there is no grant at all; empty where
   *     the gateway is bound to more than loopback
   * @param warnings told once of every stored grant that is ignored; one line each
   * @throws IllegalArgumentException when two grants of the document have one name or one token
   */
  public GrantDirectory(
      List<DocumentGrant> document,
      Grants store,
      Optional<LocalGrant> local,
      Consumer<String> warnings) {
    this.store = store;
    this.local = local.map(LocalGrant::grant);
    this.warnings = warnings;
    Map<String, Entry> entries = new HashMap<>();
    Set<String> names = new HashSet<>();
    for (DocumentGrant grant : document) {
      if (!names.add(grant.name())) {
        throw new IllegalArgumentException("two grants are named \"" + grant.name() + "\"");
      }
      Entry other = entries.put(grant.tokenSha256(), entry(grant.tokenSha256(), grant.grant()));
      if (other != null) {
        throw new IllegalArgumentException(
            "grants \"" + other.grant().name() + "\" and \"" + grant.name() + "\" have one token");
      }
    }
    this.document = Map.copyOf(entries);
    this.documentNames = Set.copyOf(names);
  }

  /**
   * Who shows this header.
   *
   * @param authorization the {@code Authorization} header, if there is one
   * @throws StoreUnavailableException when the answer depends on the store and the store cannot be
   *     reached; nobody is known then
   */
  public Authenticated authenticate(Optional<String> authorization, Instant now) {
    if (authorization.isEmpty()) {
      return local.isPresent() && isLocal(now)
          ? new Authenticated.Known(local.get())
          : new Authenticated.Missing();
    }
    Optional<String> token = BearerToken.of(authorization.get());
    if (token.isEmpty()) {
      return new Authenticated.Malformed();
    }
    String digest = Tokens.sha256Hex(token.get());
    return find(digest, now)
        .filter(entry -> MessageDigest.isEqual(entry.tokenSha256(), bytes(digest)))
        .map(entry -> judge(entry.grant(), now))
        .orElseGet(Authenticated.Unknown::new);
  }

  /** Whether clients without a token are served: the document and the store hold no grant. */
  public boolean isLocal(Instant now) {
    return local.isPresent() && document.isEmpty() && stored(now).empty();
  }

  private Optional<Entry> find(String digest, Instant now) {
    Entry inDocument = document.get(digest);
    return inDocument != null
        ? Optional.of(inDocument)
        : Optional.ofNullable(stored(now).byDigest().get(digest));
  }

  private static Authenticated judge(Grant grant, Instant now) {
    if (grant.revoked().isPresent()) {
      return new Authenticated.Revoked(grant.name());
    }
    boolean over = grant.expires().filter(end -> !now.isBefore(end)).isPresent();
    return over ? new Authenticated.Expired(grant.name()) : new Authenticated.Known(grant);
  }

  private Snapshot stored(Instant now) {
    Optional<Snapshot> seen = snapshot;
    if (seen.isPresent() && isYounger(seen.get(), STORE_CHECK, now)) {
      return seen.get();
    }
    if (!reading.tryLock()) {
      if (seen.isPresent() && isYounger(seen.get(), STALE, now)) {
        return seen.get();
      }
      reading.lock();
    }
    try {
      Optional<Snapshot> last = snapshot;
      if (last.isPresent() && isYounger(last.get(), STORE_CHECK, now)) {
        return last.get();
      }
      Snapshot current = read(last, now);
      snapshot = Optional.of(current);
      return current;
    } finally {
      reading.unlock();
    }
  }

  /** A clock that was set back makes a snapshot stale, not eternal. */
  private static boolean isYounger(Snapshot seen, Duration age, Instant now) {
    return !now.isBefore(seen.checked()) && now.isBefore(seen.checked().plus(age));
  }

  private Snapshot read(Optional<Snapshot> seen, Instant now) {
    long version = store.version();
    if (seen.isPresent() && seen.get().version() == version) {
      return new Snapshot(version, now, seen.get().byDigest(), seen.get().empty());
    }
    List<StoredGrant> grants = store.list();
    Map<String, Entry> byDigest = new HashMap<>();
    for (StoredGrant grant : grants) {
      if (documentNames.contains(grant.name())) {
        warn("stored grant \"" + grant.name() + "\" is ignored: the document has one of that name");
      } else if (document.containsKey(grant.tokenSha256())) {
        warn("stored grant \"" + grant.name() + "\" is ignored: the document has one of its token");
      } else {
        byDigest.put(grant.tokenSha256(), entry(grant.tokenSha256(), grant(grant)));
      }
    }
    return new Snapshot(version, now, Map.copyOf(byDigest), grants.isEmpty());
  }

  private void warn(String line) {
    if (warned.add(line)) {
      warnings.accept(line);
    }
  }

  private static Grant grant(StoredGrant stored) {
    return new Grant(
        stored.name(), stored.servers(), stored.labels(), stored.expires(), stored.revoked());
  }

  private static Entry entry(String digest, Grant grant) {
    return new Entry(bytes(digest), grant);
  }

  private static byte[] bytes(String digest) {
    return digest.getBytes(StandardCharsets.US_ASCII);
  }
}
