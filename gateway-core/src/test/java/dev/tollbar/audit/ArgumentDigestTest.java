package dev.tollbar.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArgumentDigestTest {
  @TempDir Path data;

  @Test
  void isHmacSha256UnderTheKeyInTheDataFolder() throws Exception {
    byte[] key = new byte[32];
    java.util.Arrays.fill(key, (byte) 0x0b);
    Files.write(data.resolve("audit.key"), key);

    ArgumentDigest digest = ArgumentDigest.open(data, new Random(1));

    assertThat(digest.of("Hi There"))
        .isEqualTo(hmacOf(key, "Hi There"))
        .isNotEqualTo(digest.of("Hi there"))
        .hasSize(64);
  }

  private static String hmacOf(byte[] key, String text) throws Exception {
    javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
    mac.init(new javax.crypto.spec.SecretKeySpec(key, "HmacSHA256"));
    return java.util.HexFormat.of()
        .formatHex(mac.doFinal(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  @Test
  void makesItsKeyOnceAndForItsOwnerOnly() throws Exception {
    ArgumentDigest first = ArgumentDigest.open(data, new Random(1));
    ArgumentDigest second = ArgumentDigest.open(data, new Random(2));

    assertThat(first.of("a")).isEqualTo(second.of("a"));
    assertThat(data.resolve("audit.key")).hasSize(32);
    assertThat(Files.getPosixFilePermissions(data.resolve("audit.key")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (var files = Files.list(data)) {
      assertThat(files).containsExactly(data.resolve("audit.key"));
    }
  }

  @Test
  void refusesAFileThatIsNoKey() throws Exception {
    Files.writeString(data.resolve("audit.key"), "short");

    assertThatThrownBy(() -> ArgumentDigest.open(data, new Random(1)))
        .isInstanceOf(IOException.class)
        .hasMessage(data.resolve("audit.key") + ": expected a key of 32 bytes; found 5 bytes");
  }
}
