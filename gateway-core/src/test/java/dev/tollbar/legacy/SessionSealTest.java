package dev.tollbar.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ids that carry their content, and the file of the keys. */
class SessionSealTest {
  private static final byte[] CONTENT = "all of it".getBytes(StandardCharsets.UTF_8);

  @TempDir private Path data;

  private SessionSeal seal() throws IOException {
    return SessionSeal.open(data, new SecureRandom());
  }

  private Path file() {
    return data.resolve("session.key");
  }

  private List<String> keys() throws IOException {
    try (Stream<String> lines = Files.lines(file())) {
      return lines.filter(line -> !line.startsWith("#")).toList();
    }
  }

  private static String newKey() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  private void write(String text) throws IOException {
    Files.writeString(file(), text);
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void opensWhatItHasSealedForTheSameOnly() throws Exception {
    SessionSeal seal = seal();
    String id = seal.seal(CONTENT, "laptop", "tickets");

    assertThat(seal.open(id, "laptop", "tickets")).contains(CONTENT);
    assertThat(seal.open(id, "laptop", "files")).isEmpty();
    assertThat(seal.open(id, "desktop", "tickets")).isEmpty();
    assertThat(seal.open(id, "laptopt", "ickets")).isEmpty();
    assertThat(seal.open(id, "laptop")).isEmpty();
    assertThat(id).matches("[A-Za-z0-9_-]+").hasSize(SessionSeal.idLength(CONTENT.length));
    assertThat(seal.seal(CONTENT, "laptop", "tickets")).isNotEqualTo(id);
  }

  @Test
  void opensNothingThatWasChangedAnywhere() throws Exception {
    SessionSeal seal = seal();
    byte[] id = Base64.getUrlDecoder().decode(seal.seal(CONTENT, "laptop", "tickets"));

    for (int i = 0; i < id.length; i++) {
      byte[] changed = id.clone();
      changed[i] ^= 1;
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);
      assertThat(seal.open(text, "laptop", "tickets")).isEmpty();
    }
  }

  @Test
  void opensNoPartAndNoOtherSpelling() throws Exception {
    SessionSeal seal = seal();
    String id = seal.seal(new byte[4], "laptop", "tickets"); // the last character has unused bits
    for (int end = 0; end < id.length(); end++) {
      assertThat(seal.open(id.substring(0, end), "laptop", "tickets")).isEmpty();
    }
    char last = id.charAt(id.length() - 1);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    String other = id.substring(0, id.length() - 1) + alphabet.charAt(alphabet.indexOf(last) ^ 1);
    assertThat(Base64.getUrlDecoder().decode(other)).isEqualTo(Base64.getUrlDecoder().decode(id));

    assertThat(seal.open(id, "laptop", "tickets")).isPresent();
    assertThat(seal.open(other, "laptop", "tickets")).isEmpty();
    assertThat(seal.open(id + "=", "laptop", "tickets")).isEmpty();
    assertThat(seal.open(id + "\n", "laptop", "tickets")).isEmpty();
    assertThat(seal.open("A".repeat(5_000), "laptop", "tickets")).isEmpty();
  }

  @Test
  void makesAKeyThatIsItsOwnersOnly() throws Exception {
    SessionSeal first = seal();

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
    assertThat(keys()).hasSize(1);
    String id = first.seal(CONTENT, "laptop", "tickets");
    assertThat(seal().open(id, "laptop", "tickets")).contains(CONTENT);
    try (Stream<Path> files = Files.list(data)) {
      assertThat(files).containsExactly(file());
    }
  }

  @Test
  void theFirstKeySealsAndAllOfThemOpen() throws Exception {
    String old = seal().seal(CONTENT, "laptop", "tickets");
    String oldKey = keys().getFirst();
    String newKey = newKey();

    write(newKey + "\n\n# the one before\r\n  " + oldKey + "  \n");
    assertThat(seal().open(old, "laptop", "tickets")).contains(CONTENT);
    String fresh = seal().seal(CONTENT, "laptop", "tickets");

    write(newKey);
    assertThat(seal().open(fresh, "laptop", "tickets")).contains(CONTENT);
    assertThat(seal().open(old, "laptop", "tickets")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''           | : expected at least one key of 32 bytes in Base64 on a line; found none
          # none       | : expected at least one key of 32 bytes in Base64 on a line; found none
          c2hvcnQ=     | :1: expected a key of 32 bytes in Base64; found 5 bytes
          not a key    | :1: expected a key of 32 bytes in Base64; found a line that is no Base64
          """)
  void refusesAFileThatHoldsNoKey(String text, String message) throws Exception {
    write(text);

    assertThatThrownBy(this::seal).isInstanceOf(IOException.class).hasMessage(file() + message);
  }

  @Test
  void refusesAKeyThatIsThereTwice() throws Exception {
    String key = newKey();
    write(key + "\n#\n" + key + "\n");

    assertThatThrownBy(this::seal)
        .isInstanceOf(IOException.class)
        .hasMessage(file() + ":3: expected each key once; found one that is there already");
  }

  @Test
  void refusesAFileThatEverybodyCanRead() throws Exception {
    write(newKey());
    Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));

    assertThatThrownBy(this::seal)
        .isInstanceOf(IOException.class)
        .hasMessage(
            file()
                + ": expected a file that only its owner and group can read; found mode rw-r--r--");
  }
}
