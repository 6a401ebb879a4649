package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.state.StoredRevision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands where the files of a document lie. */
class SavedFilesTest {
  @TempDir private Path folder;
  private Path file;
  private String document = "the document, für alle\n";

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("gateway.yaml"), document);
    Files.writeString(folder.resolve("rule.js"), "the script\n");
  }

  private SavedFiles saved() {
    return SavedFiles.beside(
        new StoredRevision(
            "a".repeat(64),
            file.toString(),
            document,
            new TreeMap<>(Map.of("rule.js", "the script\n"))));
  }

  @Test
  void whatIsAsItWasIsNotToldOf() {
    assertThat(saved().changed()).isEmpty();
    assertThat(saved().edited()).isEmpty();
  }

  @Test
  void tellsWhatWasChangedAndWhatTheDocumentSaysNow() throws IOException {
    Files.writeString(file, document + "more\n");
    Files.writeString(folder.resolve("rule.js"), "the script\nmore\n");

    assertThat(saved().changed()).containsExactly("gateway.yaml", "rule.js");
    assertThat(saved().edited())
        .contains(new SavedFiles.Edited(document + "more\n", document.length() + 1 + 5));
    assertThat(saved().edited().orElseThrow().isCut()).isFalse();
  }

  @Test
  void anEmptyDocumentIsOne() throws IOException {
    Files.writeString(file, "");

    assertThat(saved().edited()).contains(new SavedFiles.Edited("", 0));
  }

  @Test
  void whatIsGoneOrNoTextIsChangedAndNotShown() throws IOException {
    Files.delete(file);
    Files.delete(folder.resolve("rule.js"));
    Files.createDirectory(folder.resolve("rule.js"));
    assertThat(saved().changed()).containsExactly("gateway.yaml", "rule.js");
    assertThat(saved().edited()).isEmpty();

    Files.write(file, new byte[] {'a', (byte) 0xff, 'b'});
    assertThat(saved().changed()).contains("gateway.yaml");
    assertThat(saved().edited()).isEmpty();
  }

  @Test
  void ofALongDocumentTheBeginningIsShownAndHowLongItIs() throws IOException {
    String line = "x".repeat(1023) + "\n";
    Files.writeString(file, line.repeat(1024));
    assertThat(saved().edited().orElseThrow().isCut()).isFalse();

    Files.writeString(file, line.repeat(3000));
    SavedFiles.Edited edited = saved().edited().orElseThrow();
    assertThat(edited.isCut()).isTrue();
    assertThat(edited.text()).isEqualTo(line.repeat(1024));
    assertThat(edited.bytes()).isEqualTo(3000 * 1024);
  }

  @Test
  void noCharacterIsCutInTwo() throws IOException {
    Files.writeString(file, "x" + "ü".repeat(SavedFiles.MOST_SHOWN));

    assertThat(saved().edited().orElseThrow().text())
        .isEqualTo("x" + "ü".repeat(SavedFiles.MOST_SHOWN / 2 - 1));
  }

  @Test
  void aLongDocumentInForceIsComparedAsAWhole() throws IOException {
    document = "y\n".repeat(SavedFiles.MOST_SHOWN);
    Files.writeString(file, document);
    assertThat(saved().changed()).isEmpty();

    Files.writeString(file, document.substring(2) + "z\n");
    assertThat(saved().changed()).containsExactly("gateway.yaml");
    assertThat(saved().edited().orElseThrow().text()).hasSize(SavedFiles.MOST_SHOWN);
    assertThat(saved().edited().orElseThrow().bytes()).isEqualTo(document.length());
  }
}
