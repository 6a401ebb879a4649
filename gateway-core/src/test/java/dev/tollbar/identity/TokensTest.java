package dev.tollbar.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TokensTest {
  @Test
  void writes256RandomBitsIn43Characters() {
    SecureRandom random =
        new SecureRandom() {
          @Override
          public void nextBytes(byte[] bytes) {
            assertThat(bytes).hasSize(32);
            Arrays.fill(bytes, (byte) 0xff);
          }
        };

    assertThat(Tokens.newToken(random)).isEqualTo("tb_" + "_".repeat(42) + "8");
  }

  @Test
  void digestsAsLowerCaseSha256() {
    assertThat(Tokens.sha256Hex("abc"))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }
}
