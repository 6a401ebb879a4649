package dev.tollbar.console;

import dev.tollbar.identity.Tokens;
import dev.tollbar.state.AdminTokens;
import dev.tollbar.state.StoredAdminToken;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Knows operators by their admin tokens, and by the sessions that a token has begun. A token is
 * looked up at each request: one that is revoked ends its sessions. Sessions are kept in memory and
 * end with the process. Safe for use by many threads.
 */
public final class Logins {
  private static final Duration IDLE = Duration.ofHours(8);
  private static final Duration LONGEST = Duration.ofHours(24);
  private static final int MOST_SESSIONS = 1_000;

  private static final Pattern TOKEN = Pattern.compile("tba_([0-9a-f]{8})_[A-Za-z0-9_-]{43}");
  private static final Pattern BEARER = Pattern.compile("(?i)Bearer +(\\S{1,512}) *");

  private record Session(String tokenSha256, Instant began, Instant used) {
    boolean isOver(Instant now) {
      return now.isAfter(began.plus(LONGEST)) || now.isAfter(used.plus(IDLE));
    }
  }

  private final AdminTokens tokens;
  private final InstantSource clock;
  private final SecureRandom random;

  /** By the digest of their ids. */
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();

  private final WrongTokens wrong;

  public Logins(AdminTokens tokens, InstantSource clock, SecureRandom random) {
    this(tokens, clock, random, Thread::sleep);
  }

  Logins(AdminTokens tokens, InstantSource clock, SecureRandom random, WrongTokens.Pause pause) {
    this.tokens = tokens;
    this.clock = clock;
    this.random = random;
    this.wrong = new WrongTokens(clock, pause);
  }

  /**
   * Who sends this {@code Authorization} header.
   *
   * @param address where from
   */
  Operator bearer(String header, String address) throws ApiProblem {
    Matcher bearer = BEARER.matcher(header);
    if (!bearer.matches()) {
      throw unauthorized(
          "malformed_authorization", "Expected Authorization: Bearer and one admin token.");
    }
    StoredAdminToken token = counted(bearer.group(1), address);
    return operator(token, Optional.empty());
  }

  /** Begins a session. Its operator carries the id, for the cookie. */
  Operator login(String text, String address) throws ApiProblem {
    StoredAdminToken token = counted(text, address);
    Instant now = clock.instant();
    sessions.values().removeIf(session -> session.isOver(now));
    if (sessions.size() >= MOST_SESSIONS) {
      throw ApiProblem.of(503, "too_many_sessions", "Too many people are logged in.");
    }
    String id = Tokens.randomText(random);
    sessions.put(Tokens.sha256Hex(id), new Session(token.tokenSha256(), now, now));
    return operator(token, Optional.of(id));
  }

  /** Who has this session. */
  Operator session(String id) throws ApiProblem {
    Instant now = clock.instant();
    String key = Tokens.sha256Hex(id);
    Session session = sessions.get(key);
    if (session == null || session.isOver(now)) {
      sessions.remove(key);
      throw unauthorized("session_over", "The session is over. Log in again.");
    }
    Optional<StoredAdminToken> token = tokens.find(session.tokenSha256());
    if (token.isEmpty() || !token.get().valid(now)) {
      sessions.remove(key);
      throw unauthorized("session_over", "The token of this session is not valid any more.");
    }
    sessions.replace(key, session, new Session(session.tokenSha256(), session.began(), now));
    return operator(token.get(), Optional.of(id));
  }

  /** Whether those who came in before may still be here, as things stand now. */
  Predicate<Operator> stillGood() {
    Instant now = clock.instant();
    Set<String> good =
        tokens.list().stream()
            .filter(token -> token.valid(now))
            .map(StoredAdminToken::name)
            .collect(Collectors.toSet());
    return operator -> good.contains(operator.name()) && hasSession(operator, now);
  }

  private boolean hasSession(Operator operator, Instant now) {
    return operator
        .session()
        .map(id -> sessions.get(Tokens.sha256Hex(id)))
        .map(known -> !known.isOver(now))
        .orElse(operator.session().isEmpty());
  }

  void logout(String id) {
    sessions.remove(Tokens.sha256Hex(id));
  }

  private static Operator operator(StoredAdminToken token, Optional<String> session)
      throws ApiProblem {
    Role role =
        Role.of(token.role())
            .orElseThrow(
                () -> unauthorized("unknown_role", "The role of this token is not known here."));
    return new Operator(token.name(), role, session);
  }

  /** Wrong ones count. A good one is taken whatever else comes from there. */
  private StoredAdminToken counted(String text, String address) throws ApiProblem {
    try {
      return known(text);
    } catch (ApiProblem problem) {
      Optional<Duration> tooMany = wrong.count(address);
      throw tooMany.isPresent() ? tooMany(tooMany.get()) : problem;
    }
  }

  private StoredAdminToken known(String text) throws ApiProblem {
    Matcher token = TOKEN.matcher(text);
    if (!token.matches()) {
      throw unauthorized(
          "not_an_admin_token",
          text.startsWith("tb_")
              ? "This is the token of a grant, which is for agents. Admin tokens begin with tba_."
              : "This is not an admin token: those begin with tba_ and have 56 characters.");
    }
    Optional<StoredAdminToken> stored = tokens.find(Tokens.sha256Hex(text));
    if (stored.isEmpty()) {
      String store = tokens.store();
      throw token.group(1).equals(store)
          ? unauthorized("unknown_token", "This token is not known: it was never made here.")
          : unauthorized(
              "foreign_token",
              "This is a token of another gateway: this one's begin with tba_" + store + "_.");
    }
    if (stored.get().revoked().isPresent()) {
      throw unauthorized("revoked_token", "This token was revoked.");
    }
    if (!stored.get().valid(clock.instant())) {
      throw unauthorized("expired_token", "This token has expired.");
    }
    return stored.get();
  }

  private static ApiProblem unauthorized(String code, String detail) {
    return ApiProblem.of(401, code, detail).with("WWW-Authenticate", "Bearer realm=\"tollbar\"");
  }

  private static ApiProblem tooMany(Duration left) {
    long seconds = Math.max(1, left.plusNanos(999_999_999).toSeconds());
    return ApiProblem.of(
            429,
            "too_many_failures",
            "Too many wrong tokens. Why one is wrong is told again in %d s; a good one is taken at once."
                .formatted(seconds))
        .with("Retry-After", Long.toString(seconds));
  }
}
