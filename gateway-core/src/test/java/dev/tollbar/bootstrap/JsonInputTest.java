package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON that is given to a command. */
class JsonInputTest {
  @TempDir private Path folder;

  private static String read(String given, String standardInput) throws CommandException {
    return JsonInput.object(
            "--args",
            given,
            new ByteArrayInputStream(standardInput.getBytes(StandardCharsets.UTF_8)))
        .toString();
  }

  private String file(String name, byte[] bytes) throws IOException {
    return "@" + Files.write(folder.resolve(name), bytes);
  }

  private void refuses(String given, String message) {
    assertThatThrownBy(() -> read(given, ""))
        .isInstanceOf(CommandException.class)
        .hasMessage("tollbar: --args: " + message.replace("FOLDER", folder.toString()));
  }

  @Test
  void standsThereItselfOrInAFileOrComesFromStandardInput() throws Exception {
    byte[] windows = "{\r\n  \"a\": 0.10\r\n}\r\n".getBytes(StandardCharsets.UTF_8);

    assertThat(read("{\"a\": 0.10}", "")).isEqualTo("{\"a\":0.10}");
    assertThat(read("-", "{\"a\": 1e2}")).isEqualTo("{\"a\":1E+2}");
    assertThat(read(file("a.json", windows), "")).isEqualTo("{\"a\":0.10}");
  }

  @Test
  void whatIsNoObjectIsRefusedAndSaidWhy() throws IOException {
    refuses("", "expected a JSON object; found nothing.");
    refuses("[1]", "expected a JSON object; found a list.");
    refuses("null", "expected a JSON object; found null.");
    refuses("amount=5", "expected a JSON object; found no JSON: \"amount=5\".");
    refuses(
        "{\"a\":1} {}", "expected a JSON object; found more after its end: \"{\\\"a\\\":1} {}\".");
    refuses("{\"a\":1,\"a\":2}", "expected a JSON object; found the key \"a\" twice.");
    refuses(
        "{\"b\":{\"it's\":1,\"it's\":2}}", "expected a JSON object; found the key \"it's\" twice.");
  }

  @Test
  void aFileThatCannotBeReadIsSaid() throws IOException {
    refuses(
        "@" + folder.resolve("gone"), "expected a file that can be read; found \"FOLDER/gone\".");
    refuses("@" + folder, "expected a file that can be read; found \"FOLDER\".");
    refuses(
        file("utf16", "{}".getBytes(StandardCharsets.UTF_16)),
        "expected a text in UTF-8; found \"FOLDER/utf16\", which is not.");
    refuses(
        file("mark", "\uFEFF{}".getBytes(StandardCharsets.UTF_8)),
        "expected UTF-8 without a byte order mark; found \"FOLDER/mark\", which begins with one.");
    refuses(
        file("large", new byte[10 * 1024 * 1024 + 1]),
        "expected at most 10 MB; found \"FOLDER/large\", which is larger.");
  }
}
