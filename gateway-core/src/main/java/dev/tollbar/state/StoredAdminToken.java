package dev.tollbar.state;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A person's or program's permission to use the admin API.
 *
 * @param name who it was made for; audit lines speak of it
 * @param role what it may do: {@code viewer}, {@code approver}, {@code policy_manager} or {@code
 *     admin}
 * @param tokenSha256 SHA-256 of the token, in lower-case hex: the token itself is stored nowhere
 */
public record StoredAdminToken(
    String name,
    String role,
    String tokenSha256,
    Instant created,
    Optional<Instant> expires,
    Optional<Instant> revoked) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}");

  /** Of what form a name is. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /** Whether it is good at that time. */
  public boolean valid(Instant now) {
    return revoked.isEmpty() && expires.map(now::isBefore).orElse(true);
  }
}
