package dev.tollbar.trial;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where cases are looked for. */
class TestFilesTest {
  @TempDir private Path folder;

  private Path file(String path) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, "cases: []\n");
  }

  private void link(String path, String to) throws IOException {
    Files.createSymbolicLink(folder.resolve(path), Path.of(to));
  }

  private List<String> in(String path) throws IOException {
    return TestFiles.in(folder.resolve(path)).stream()
        .map(file -> folder.relativize(file).toString())
        .toList();
  }

  @Test
  void theyAreFoundByTheirNamesAlsoFurtherDown() throws IOException {
    file("b.test.yaml");
    file("a.test.json");
    file("more/c.test.yml");
    file("more/d.yaml");
    file("more/e.test.yaml.orig");
    Files.createDirectory(folder.resolve("f.test.yaml"));

    assertThat(in("")).containsExactly("a.test.json", "b.test.yaml", "more/c.test.yml");
    assertThat(in("more/d.yaml")).containsExactly("more/d.yaml");
  }

  @Test
  void aFolderMayBeALink() throws IOException {
    file("releases/7/a.test.yaml");
    link("current", "releases/7");

    assertThat(in("current")).containsExactly("current/a.test.yaml");
  }

  @Test
  void ofAFolderThatIsSwappedByALinkEachIsFoundOnce() throws IOException {
    file("..2026_11_26/a.test.yaml");
    file("..2026_11_26/cases/b.test.yaml");
    file(".git/c.test.yaml");
    link("..data", "..2026_11_26");
    link("a.test.yaml", "..data/a.test.yaml");
    link("cases", "..data/cases");

    assertThat(in("")).containsExactly("a.test.yaml", "cases/b.test.yaml");
    assertThat(in("..data")).containsExactly("..data/a.test.yaml", "..data/cases/b.test.yaml");
  }

  @Test
  void linksThatTurnInACircleOrLeadNowhereHoldUpNothing() throws IOException {
    file("a/b.test.yaml");
    link("a/up", "..");
    link("a/gone.test.yaml", "nowhere");

    assertThat(in("")).containsExactly("a/b.test.yaml");
  }
}
