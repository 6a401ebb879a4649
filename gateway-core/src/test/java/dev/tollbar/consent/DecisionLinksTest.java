package dev.tollbar.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.consent.DecisionLinks.Checked;
import dev.tollbar.consent.DecisionLinks.Purpose;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tokens of links, and the file of their keys. */
class DecisionLinksTest {
  private static final Instant UNTIL = Instant.parse("2026-11-23T12:15:00Z");

  @TempDir private Path data;

  private final DecisionLinks links = DecisionLinks.of(List.of(key(1)));

  private static byte[] key(int seed) {
    byte[] key = new byte[32];
    new Random(seed).nextBytes(key);
    return key;
  }

  private String token() {
    return links.token("ap_1", Purpose.APPROVE, 1, UNTIL);
  }

  @Test
  void knowsItsOwnForTheSameOnly() {
    String token = token();

    assertThat(token).matches("[A-Za-z0-9_-]{67}");
    assertThat(links.check("ap_1", Purpose.APPROVE, token))
        .isEqualTo(new Checked.Genuine(Purpose.APPROVE, 1, UNTIL));
    assertThat(links.check("ap_2", Purpose.APPROVE, token)).isEqualTo(new Checked.Forged());
    assertThat(links.check("ap_1", Purpose.DENY, token)).isEqualTo(new Checked.Forged());
    assertThat(links.check("ap_1", Purpose.DECIDE, token)).isEqualTo(new Checked.Forged());
    assertThat(links.check("x".repeat(70_000), Purpose.APPROVE, token))
        .isEqualTo(new Checked.Forged());
  }

  @Test
  void knowsWhatWasChangedAnywhere() {
    byte[] bytes = Base64.getUrlDecoder().decode(token());

    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 1;
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);
      assertThat(links.check("ap_1", Purpose.APPROVE, text)).isNotInstanceOf(Checked.Genuine.class);
    }
  }

  @Test
  void knowsNoPartAndNoOtherSpelling() {
    String token = token();
    for (int end = 0; end < token.length(); end++) {
      assertThat(links.check("ap_1", Purpose.APPROVE, token.substring(0, end)))
          .isEqualTo(new Checked.Forged());
    }
    assertThat(links.check("ap_1", Purpose.APPROVE, token + "=")).isEqualTo(new Checked.Forged());
    // Two characters of unused bits in the last place of 50 bytes would spell the same.
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(token.charAt(token.length() - 1));
    String other = token.substring(0, token.length() - 1) + alphabet.charAt(last ^ 1);
    assertThat(links.check("ap_1", Purpose.APPROVE, other)).isEqualTo(new Checked.Forged());
  }

  @Test
  void knowsThatAnotherGatewayHasMadeOne() {
    DecisionLinks other = DecisionLinks.of(List.of(key(2)));

    assertThat(links.check("ap_1", Purpose.APPROVE, other.token("ap_1", Purpose.APPROVE, 1, UNTIL)))
        .isEqualTo(new Checked.Foreign());
  }

  @Test
  void theFirstKeySignsAndAllOfThemAreGood() {
    DecisionLinks rotated = DecisionLinks.of(List.of(key(2), key(1)));

    assertThat(rotated.check("ap_1", Purpose.APPROVE, token())).isInstanceOf(Checked.Genuine.class);
    assertThat(
            links.check("ap_1", Purpose.APPROVE, rotated.token("ap_1", Purpose.APPROVE, 1, UNTIL)))
        .isEqualTo(new Checked.Foreign());
  }

  @Test
  void aNewKeyMakesNoNewLink() {
    Checked.Genuine old = (Checked.Genuine) links.check("ap_1", Purpose.APPROVE, token());

    assertThat(old.name()).isEqualTo("approve-1");
  }

  @Test
  void anAnswerOfAClientIsNoLink() {
    String token = links.answerToken("ap_1", UNTIL);

    assertThat(links.isAnswerTo("ap_1", token)).isTrue();
    assertThat(links.isAnswerTo("ap_2", token)).isFalse();
    assertThat(links.isAnswerTo("ap_1", token())).isFalse();
    assertThat(links.check("ap_1", Purpose.APPROVE, token)).isEqualTo(new Checked.Forged());
  }

  @Test
  void makesNoLinkBeforeItIsKnownWhereToReachTheGateway() {
    assertThat(links.url("ap_1", Purpose.APPROVE, 1, UNTIL)).isEmpty();

    links.reachableAt(URI.create("https://gw.example/"));

    assertThat(links.url("ap_1", Purpose.APPROVE, 1, UNTIL))
        .contains("https://gw.example/approvals/ap_1/approve/" + token());
  }

  @Test
  void keepsItsKeyInAFileThatIsItsOwnersOnly() throws IOException {
    String token = DecisionLinks.open(data, new Random(3)).token("ap_1", Purpose.APPROVE, 1, UNTIL);

    Path file = data.resolve("links.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(DecisionLinks.open(data, new Random(4)).check("ap_1", Purpose.APPROVE, token))
        .isInstanceOf(Checked.Genuine.class);
  }

  @Test
  void refusesAFileThatHoldsNoKey() throws IOException {
    Path file = Files.writeString(data.resolve("links.key"), "c2hvcnQ=\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThatThrownBy(() -> DecisionLinks.open(data, new Random(1)))
        .isInstanceOf(IOException.class)
        .hasMessage(file + ":1: expected a key of 32 bytes in Base64; found 5 bytes");
  }
}
