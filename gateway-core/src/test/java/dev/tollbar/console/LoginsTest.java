package dev.tollbar.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tollbar.identity.Tokens;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.StoredAdminToken;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginsTest {
  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-26T10:00:00Z");
  private EmbeddedState state;
  private Logins logins;
  private String token;

  @BeforeEach
  void open() {
    state = EmbeddedState.open(folder, () -> now);
    logins = new Logins(state.adminTokens(), () -> now, new SecureRandom());
    token = add(state, "ann", Optional.of(now.plus(Duration.ofDays(1))));
  }

  @AfterEach
  void close() {
    state.close();
  }

  private String add(EmbeddedState store, String name, Optional<Instant> expires) {
    String text = Tokens.newAdminToken(new SecureRandom(), store.adminTokens().store());
    store
        .adminTokens()
        .add(
            new StoredAdminToken(
                name, "approver", Tokens.sha256Hex(text), now, expires, Optional.empty()));
    return text;
  }

  private ApiProblem refused(String header) {
    return catchThrowableOfType(ApiProblem.class, () -> logins.bearer(header));
  }

  @Test
  void knowsAnOperatorByTheToken() throws Exception {
    assertThat(logins.bearer("Bearer " + token))
        .isEqualTo(new Operator("ann", Role.APPROVER, Optional.empty()));
  }

  @Test
  void saysWhyATokenIsNotGood(@TempDir Path elsewhere) {
    assertThat(refused("Basic YTpi").detail())
        .isEqualTo("Expected Authorization: Bearer and one admin token.");
    assertThat(refused("Bearer hello").detail())
        .isEqualTo("This is not an admin token: those begin with tba_ and have 56 characters.");
    assertThat(refused("Bearer " + Tokens.newToken(new SecureRandom())).detail())
        .isEqualTo(
            "This is the token of a grant, which is for agents. Admin tokens begin with tba_.");
    assertThat(refused("Bearer " + token.substring(0, 55) + "~").code())
        .isEqualTo("not_an_admin_token");
    String changed = token.substring(0, 55) + (token.endsWith("A") ? "E" : "A");
    assertThat(refused("Bearer " + changed).detail())
        .isEqualTo("This token is not known: it was never made here.");
    try (EmbeddedState other = EmbeddedState.open(elsewhere, () -> now)) {
      assertThat(refused("Bearer " + add(other, "eve", Optional.empty())).detail())
          .isEqualTo(
              "This is a token of another gateway: this one's begin with tba_"
                  + state.adminTokens().store()
                  + "_.");
    }
    state.adminTokens().revoke("ann", now);
    assertThat(refused("Bearer " + token).detail()).isEqualTo("This token was revoked.");
    String old = add(state, "old", Optional.of(now));
    assertThat(refused("Bearer " + old).detail()).isEqualTo("This token has expired.");
  }

  @Test
  void aSessionEndsWhenItIsNotUsedAndAfterADayInAnyCase() throws Exception {
    String id = logins.login(token).session().orElseThrow();
    for (int hour = 0; hour < 23; hour++) {
      now = now.plus(Duration.ofHours(1));
      assertThat(logins.session(id).name()).isEqualTo("ann");
    }
    now = now.plus(Duration.ofHours(2));
    assertThat(catchThrowableOfType(ApiProblem.class, () -> logins.session(id)).detail())
        .isEqualTo("The session is over. Log in again.");

    String other = add(state, "bob", Optional.empty());
    String idle = logins.login(other).session().orElseThrow();
    now = now.plus(Duration.ofHours(8)).plusSeconds(1);
    assertThat(catchThrowableOfType(ApiProblem.class, () -> logins.session(idle)).code())
        .isEqualTo("session_over");
  }

  @Test
  void aSessionEndsWithItsTokenAndWhenSomebodyLogsOut() throws Exception {
    Operator first = logins.login(token);
    Operator second = logins.login(token);
    logins.logout(second.session().orElseThrow());

    assertThat(logins.isValid(first)).isTrue();
    assertThat(logins.isValid(second)).isFalse();
    state.adminTokens().revoke("ann", now);
    assertThat(logins.isValid(first)).isFalse();
    assertThat(
            catchThrowableOfType(
                    ApiProblem.class, () -> logins.session(first.session().orElseThrow()))
                .detail())
        .isEqualTo("The token of this session is not valid any more.");
  }

  @Test
  void afterTenWrongTokensAMinuteNobodyLogsInAndKnownTokensGoOn() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(catchThrowableOfType(ApiProblem.class, () -> logins.login("x")).status())
          .isEqualTo(401);
    }
    now = now.plusSeconds(20);

    ApiProblem problem = catchThrowableOfType(ApiProblem.class, () -> logins.login(token));
    assertThat(problem.status()).isEqualTo(429);
    assertThat(problem.detail())
        .isEqualTo("Too many wrong tokens within a minute. Try again in 40 s.");
    assertThat(logins.bearer("Bearer " + token).name()).isEqualTo("ann");
    now = now.plusSeconds(40);
    assertThat(logins.login(token).name()).isEqualTo("ann");
  }
}
