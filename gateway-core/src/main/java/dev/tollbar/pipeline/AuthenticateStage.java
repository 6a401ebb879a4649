package dev.tollbar.pipeline;

import dev.tollbar.identity.Authenticated;
import dev.tollbar.identity.Grant;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.identity.LoopbackGuard;
import dev.tollbar.protocol.ErrorCode;
import java.util.Optional;

/** Who is calling, and may it call this server at all? */
final class AuthenticateStage {
  private static final Optional<String> CHALLENGE = Optional.of("Bearer");

  private final LoopbackGuard guard;

  AuthenticateStage(LoopbackGuard guard) {
    this.guard = guard;
  }

  /** Before anything is read: a page in a browser must not reach the gateway by another name. */
  void checkOrigin(Arrival arrival) throws Refusal {
    if (arrival.door() != Arrival.Door.HTTP) {
      return;
    }
    Arrival.Headers headers = arrival.headers();
    if (!guard.hostAllowed(headers.host().orElse(""))) {
      throw forbidden("foreign_host", "This Host is not served here.");
    }
    if (!guard.originAllowed(headers.origin())) {
      throw forbidden("foreign_origin", "This Origin is not allowed.");
    }
  }

  Identified authenticate(Parsed parsed, LiveRevision revision) throws Refusal {
    return new Identified(parsed, grant(parsed.arrival(), revision));
  }

  /** The grant of a client that may use the server which it addresses. */
  Grant grant(Arrival arrival, LiveRevision revision) throws Refusal {
    Grant grant = caller(arrival, revision);
    if (!grant.servers().containsKey(arrival.server())) {
      throw forbidden("grant_not_for_server", "This grant does not reach this server.");
    }
    return grant;
  }

  /** The grant of a client, whatever server it addresses. */
  Grant caller(Arrival arrival, LiveRevision revision) throws Refusal {
    Grant grant = known(arrival, revision);
    if (grant.name().equals(LocalGrant.NAME) && !arrival.headers().fromLoopback()) {
      throw unauthorized("no_grant", "A bearer token is required.");
    }
    return grant;
  }

  private static Grant known(Arrival arrival, LiveRevision revision) throws Refusal {
    return switch (revision
        .grants()
        .authenticate(arrival.headers().authorization(), arrival.time())) {
      case Authenticated.Known known -> known.grant();
      case Authenticated.Missing _ -> throw unauthorized("no_grant", "A bearer token is required.");
      case Authenticated.Unknown _ ->
          throw unauthorized("unknown_grant", "The bearer token is not known here.");
      case Authenticated.Malformed _ ->
          throw unauthorized("unknown_grant", "The Authorization header is not a bearer token.");
      case Authenticated.Expired _ -> throw forbidden("grant_expired", "This grant has expired.");
      case Authenticated.Revoked _ -> throw forbidden("grant_revoked", "This grant was revoked.");
    };
  }

  private static Refusal unauthorized(String name, String message) {
    return new Refusal(401, ErrorCode.BAD_REQUEST, name, message, CHALLENGE);
  }

  private static Refusal forbidden(String name, String message) {
    return new Refusal(403, ErrorCode.BAD_REQUEST, name, message);
  }
}
