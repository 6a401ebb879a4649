package dev.tollbar.bootstrap;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.audit.AdminAction;
import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.RecordingException;
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
   * The token; empty if there are others. A store that cannot be used keeps nobody from serving,
   * and neither does a log without room for the line that says whose it is: then none is made.
   *
   * @param log of the gateway, whose chain has the line
   */
  static Optional<String> make(AdminTokens tokens, DecisionLog log, Instant now)
      throws InterruptedException {
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
      try (DecisionLog.Slot slot = log.claim()) {
        if (!tokens.addFirst(stored, now)) {
          return Optional.empty();
        }
        slot.writeThrough(line(stored));
        return Optional.of(token);
      }
    } catch (RecordingException e) {
      LOG.error("no admin token can be made, as it cannot be recorded: {}", e.getMessage());
      return Optional.empty();
    } catch (StoreUnavailableException e) {
      LOG.error("no admin token can be made: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** As {@code tollbar admin token create} has it. */
  private static AdminAction line(StoredAdminToken made) {
    return AdminAction.byCommand(
        made.created(),
        CommandTrail.user(),
        "admin_token",
        Optional.of(made.name()),
        AdminAction.Result.DONE,
        Optional.of("{\"role\":\"" + made.role() + "\"}"));
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
