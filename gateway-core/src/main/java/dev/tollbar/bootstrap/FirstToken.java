package dev.tollbar.bootstrap;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.console.Role;
import dev.tollbar.identity.Tokens;
import dev.tollbar.state.AdminTokens;
import dev.tollbar.state.StoredAdminToken;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin token that a gateway makes for who starts it, if there is none that is good. */
final class FirstToken {
  private static final Logger LOG = LoggerFactory.getLogger(FirstToken.class);

  private FirstToken() {}

  /**
   * The token; empty if there are others. A store that cannot be used keeps nobody from serving.
   */
  static Optional<String> make(AdminTokens tokens, Instant now) {
    try {
      if (tokens.list().stream().anyMatch(token -> token.valid(now))) {
        return Optional.empty();
      }
      String token = Tokens.newAdminToken(new SecureRandom(), tokens.store());
      StoredAdminToken stored =
          new StoredAdminToken(
              freeName(tokens),
              Role.ADMIN.wire(),
              Tokens.sha256Hex(token),
              now,
              Optional.empty(),
              Optional.empty());
      return tokens.addFirst(stored, now) ? Optional.of(token) : Optional.empty();
    } catch (StoreUnavailableException e) {
      LOG.error("no admin token can be made: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** Revoked tokens keep their names. */
  private static String freeName(AdminTokens tokens) {
    Set<String> taken =
        tokens.list().stream().map(StoredAdminToken::name).collect(Collectors.toSet());
    String name = "first";
    for (int number = 2; taken.contains(name); number++) {
      name = "first-" + number;
    }
    return name;
  }
}
