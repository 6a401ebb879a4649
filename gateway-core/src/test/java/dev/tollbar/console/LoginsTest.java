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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoginsTest {
  private static final String HERE = "127.0.0.1";

  @TempDir Path folder;
  private Instant now = Instant.parse("2026-11-26T10:00:00Z");
  private EmbeddedState state;
  private Logins logins;
  private String token;
  private final List<Duration> pauses = new ArrayList<>();

  @BeforeEach
  void open() {
    state = EmbeddedState.open(folder, () -> now);
    logins = new Logins(state.adminTokens(), () -> now, new SecureRandom(), pauses::add);
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
    return catchThrowableOfType(ApiProblem.class, () -> logins.bearer(header, HERE));
  }

  @Test
  void knowsAnOperatorByTheToken() throws Exception {
    assertThat(logins.bearer("Bearer " + token, HERE))
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
    String id = logins.login(token, HERE).session().orElseThrow();
    for (int hour = 0; hour < 23; hour++) {
      now = now.plus(Duration.ofHours(1));
      assertThat(logins.session(id).name()).isEqualTo("ann");
    }
    now = now.plus(Duration.ofHours(2));
    assertThat(catchThrowableOfType(ApiProblem.class, () -> logins.session(id)).detail())
        .isEqualTo("The session is over. Log in again.");

    String other = add(state, "bob", Optional.empty());
    String idle = logins.login(other, HERE).session().orElseThrow();
    now = now.plus(Duration.ofHours(8)).plusSeconds(1);
    assertThat(catchThrowableOfType(ApiProblem.class, () -> logins.session(idle)).code())
        .isEqualTo("session_over");
  }

  @Test
  void aSessionEndsWithItsTokenAndWhenSomebodyLogsOut() throws Exception {
    Operator first = logins.login(token, HERE);
    Operator second = logins.login(token, HERE);
    logins.logout(second.session().orElseThrow());

    assertThat(logins.stillGood().test(first)).isTrue();
    assertThat(logins.stillGood().test(second)).isFalse();
    state.adminTokens().revoke("ann", now);
    assertThat(logins.stillGood().test(first)).isFalse();
    assertThat(
            catchThrowableOfType(
                    ApiProblem.class, () -> logins.session(first.session().orElseThrow()))
                .detail())
        .isEqualTo("The token of this session is not valid any more.");
  }

  private ApiProblem wrong(String address) {
    return catchThrowableOfType(ApiProblem.class, () -> logins.login("x", address));
  }

  @Test
  void afterTenWrongTokensAnAddressIsToldNoMoreForAMinuteAndGoodTokensGoOn() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(wrong("192.0.2.7").status()).isEqualTo(401);
    }
    now = now.plusSeconds(20);

    ApiProblem problem = wrong("192.0.2.7");
    assertThat(problem.status()).isEqualTo(429);
    assertThat(problem.reply().headers()).containsEntry("Retry-After", "40");
    assertThat(problem.detail())
        .isEqualTo(
            "Too many wrong tokens. Why one is wrong is told again in 40 s; a good one is taken at"
                + " once.");
    assertThat(wrong("192.0.2.8").status()).isEqualTo(401);
    assertThat(logins.login(token, "192.0.2.7").name()).isEqualTo("ann");
    assertThat(logins.bearer("Bearer " + token, "192.0.2.7").name()).isEqualTo("ann");
    now = now.plusSeconds(40);
    assertThat(wrong("192.0.2.7").status()).isEqualTo(401);
    assertThat(pauses).isEmpty();
  }

  @Test
  void whoeverChangesAddressesIsSlowedAndNobodyElseIs() throws Exception {
    for (int i = 0; i < WrongTokens.MOST_OF_ALL; i++) {
      assertThat(wrong("192.0.2." + i).status()).isEqualTo(401);
    }
    assertThat(pauses).isEmpty();

    assertThat(wrong("198.51.100.1").status()).isEqualTo(401);
    assertThat(pauses).containsExactly(Duration.ofSeconds(1));
    assertThat(logins.login(token, "198.51.100.1").name()).isEqualTo("ann");
    assertThat(pauses).hasSize(1);
    now = now.plusSeconds(60);
    assertThat(wrong("198.51.100.2").status()).isEqualTo(401);
    assertThat(pauses).hasSize(1);
  }

  @Test
  void whoeverCannotEvenWaitIsToldSo() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(16);
    logins =
        new Logins(
            state.adminTokens(),
            () -> now,
            new SecureRandom(),
            _ -> {
              waiting.countDown();
              over.await();
            });
    for (int i = 0; i < WrongTokens.MOST_OF_ALL; i++) {
      wrong("192.0.2." + i);
    }
    List<Thread> crowd = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      String address = "198.51.100." + i;
      crowd.add(Thread.ofVirtual().start(() -> wrong(address)));
    }
    waiting.await();

    assertThat(wrong("203.0.113.1").status()).isEqualTo(429);
    over.countDown();
    for (Thread one : crowd) {
      one.join();
    }
  }

  @Test
  void remembersSoManyAddressesAndNoMore() {
    WrongTokens wrong = new WrongTokens(() -> now, _ -> {});
    for (int i = 0; i < 1_500; i++) {
      assertThat(wrong.count("192.0.2.1 " + i)).isEmpty();
    }

    assertThat(wrong.addresses()).isEqualTo(1_000);
  }
}
