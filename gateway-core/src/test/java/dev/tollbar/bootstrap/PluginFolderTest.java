package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.PluginReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PluginFolderTest {
  @TempDir private Path work;
  private Path jars = Path.of("");
  private Path copies = Path.of("");

  @BeforeEach
  void makeFolders() throws IOException {
    jars = Files.createDirectory(work.resolve("plugins"));
    copies = Files.createDirectory(work.resolve("copies"));
  }

  private PluginFolder folder() {
    return new PluginFolder(jars, copies);
  }

  @Test
  void looksAtJarsAndTheLockAndAtNothingElse() throws IOException {
    for (String name : new String[] {"a.jar", "plugins.lock", "notes.txt", "b.jar.part"}) {
      Files.writeString(jars.resolve(name), name);
    }

    assertThat(folder().look()).containsOnlyKeys("a.jar", "plugins.lock");
  }

  @Test
  void aJarThatWasReplacedLooksOtherwise() throws IOException {
    Path jar = Files.writeString(jars.resolve("a.jar"), "one");
    Map<String, PluginFolder.Look> before = folder().look();
    assertThat(folder().look()).isEqualTo(before);

    // Of the same size and age: only the file itself is another.
    Path other = Files.writeString(jars.resolve("a.jar.part"), "two");
    Files.setLastModifiedTime(other, Files.getLastModifiedTime(jar));
    Files.move(other, jar, java.nio.file.StandardCopyOption.ATOMIC_MOVE);

    assertThat(folder().look()).containsOnlyKeys("a.jar").isNotEqualTo(before);
  }

  @Test
  void remembersHowTheJarsLookedWhenTheyWereLoaded() throws Exception {
    Files.writeString(jars.resolve("a.jar"), "no jar");
    try (PluginFolder folder = folder()) {
      Map<String, PluginFolder.Look> before = folder.look();
      Generation generation = folder.load();
      Files.writeString(jars.resolve("b.jar"), "no jar");

      assertThat(generation.plugins())
          .extracting(PluginReport::state)
          .containsExactly(PluginReport.State.REFUSED);
      assertThat(folder.loaded()).isEqualTo(before).isNotEqualTo(folder.look());
    }
  }

  @Test
  void leavesNoCopiesBehind() throws Exception {
    Files.writeString(jars.resolve("a.jar"), "no jar");
    PluginFolder folder = folder();
    Generation first = folder.load();
    folder.load();
    folder.close(first);
    folder.close(first);

    folder.close();

    assertThat(copies).doesNotExist();
  }

  @Test
  void aFolderThatIsGoneCannotBeLookedAt() throws IOException {
    PluginFolder folder = folder();
    Files.delete(jars);

    assertThatThrownBy(folder::look).isInstanceOf(NoSuchFileException.class);
  }
}
