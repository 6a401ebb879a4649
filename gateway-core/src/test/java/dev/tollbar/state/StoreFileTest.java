package dev.tollbar.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tollbar.api.Counters.Limit;
import dev.tollbar.api.Counters.Window.Calendar;
import dev.tollbar.api.StoreUnavailableException;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The store as a whole: looked at, saved, restored, pruned. */
class StoreFileTest {
  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  @TempDir Path folder;
  @TempDir Path elsewhere;

  @Test
  void saysWhatTheFileHolds() throws IOException {
    try (EmbeddedState state = filled()) {
      StoreFile.Info info = StoreFile.in(folder).info(NOW);

      assertThat(info.schema()).isEqualTo(Schema.VERSION);
      assertThat(info.newestSchema()).isEqualTo(Schema.VERSION);
      assertThat(info.pluginSets()).isEqualTo(1);
      assertThat(info.bytes()).isPositive();
      assertThat(info.grants()).isEqualTo(2);
      assertThat(info.revokedGrants()).isEqualTo(1);
      assertThat(info.approvals()).isEqualTo(1);
      assertThat(info.openApprovals()).isEqualTo(1);
      assertThat(info.revisions()).isEqualTo(2);
      assertThat(info.inForce()).isEqualTo(3);
      assertThat(info.counters()).isEqualTo(1);
      assertThat(info.overCounters()).isZero();
      assertThat(info.faults()).isEmpty();

      StoreFile.Info later = StoreFile.in(folder).info(NOW.plus(Duration.ofDays(2)));
      assertThat(later.openApprovals()).isZero();
      assertThat(later.overCounters()).isEqualTo(1);
      assertThat(state.problem()).isEmpty();
    }
  }

  @Test
  void aCopyThatIsMadeWhileOthersWriteIsWholeAndForItsOwnerAlone() throws Exception {
    Path copy = elsewhere.resolve("copy.db");
    try (EmbeddedState state = filled()) {
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 200; i++) {
                  state.grants().add(Samples.grant("grant " + i, NOW));
                }
              });
      StoreFile.in(folder).backup(copy);
      writer.join();
    }

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
    assertThat(elsewhere.resolve("copy.db.part")).doesNotExist();
    Path restored = Files.createDirectory(elsewhere.resolve("data"));
    assertThat(StoreFile.in(restored).restore(copy)).isEqualTo(restored.resolve("tollbar.db"));
    try (EmbeddedState state = EmbeddedState.open(restored, () -> NOW)) {
      // A grant and the number that says that grants changed are written together.
      assertThat(state.grants().version()).isEqualTo(state.grants().list().size() + 1);
      assertThat(left(state)).isEqualByComparingTo("3");
    }
  }

  @Test
  void aCopyIsPutBackAndWhatWasThereStaysBesideIt() throws IOException {
    Path copy = elsewhere.resolve("copy.db");
    filled().close();
    StoreFile.in(folder).backup(copy);
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      state.grants().add(Samples.grant("later", NOW));
      take(state);
    }

    Path before = StoreFile.in(folder).restore(copy);
    assertThat(before).isEqualTo(folder.resolve("tollbar.db.before-restore"));
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      assertThat(state.grants().list()).extracting(StoredGrant::name).doesNotContain("later");
      assertThat(left(state)).isEqualByComparingTo("3");
    }
    assertThat(StoreFile.in(folder).restore(before))
        .isEqualTo(folder.resolve("tollbar.db.before-restore-2"));
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      assertThat(state.grants().list()).extracting(StoredGrant::name).contains("later");
      assertThat(left(state)).isEqualByComparingTo("2");
    }
  }

  @Test
  void aCopyTakesThePlaceOfADamagedFile() throws IOException {
    Path copy = elsewhere.resolve("copy.db");
    filled().close();
    StoreFile.in(folder).backup(copy);
    Files.writeString(folder.resolve("tollbar.db"), "x".repeat(5_000));

    StoreFile.in(folder).restore(copy);

    assertThat(StoreFile.in(folder).info(NOW).grants()).isEqualTo(2);
    assertThat(folder.resolve("tollbar.db.before-restore")).hasContent("x".repeat(5_000));
  }

  @Test
  void whatIsNoSoundCopyIsRefusedAndNothingChanges() throws Exception {
    filled().close();
    Path text = Files.writeString(elsewhere.resolve("text.db"), "x".repeat(5_000));
    Path other = elsewhere.resolve("other.db");
    sql(other, "CREATE TABLE recipes (name TEXT)");
    Path empty = Files.createFile(elsewhere.resolve("empty.db"));
    Path newer = elsewhere.resolve("newer.db");
    StoreFile.in(folder).backup(newer);
    sql(newer, "PRAGMA user_version = 700");

    refused(text, text + " is not a Tollbar store: it is no SQLite file");
    refused(other, other + " is not a Tollbar store: some other program has made it");
    refused(empty, empty + " is not a Tollbar store: some other program has made it");
    refused(
        newer,
        newer
            + " was written by a newer Tollbar: it has schema 700, this one knows up to "
            + Schema.VERSION);
    assertThat(folder.resolve("tollbar.db.before-restore")).doesNotExist();
    assertThat(StoreFile.in(folder).info(NOW).grants()).isEqualTo(2);
  }

  @Test
  void dropsWhatIsOfNoUseAnyMore() {
    filled().close();
    Instant later = NOW.plus(Duration.ofDays(3));

    assertThat(StoreFile.in(folder).prune(NOW, 1_000)).isEqualTo(new StoreFile.Pruned(0, 0, 0));
    assertThat(StoreFile.in(folder).prune(later, 1)).isEqualTo(new StoreFile.Pruned(1, 1, 1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 6, 7})
  void anOlderTollbarsFileIsLookedAtAndCopiedAsItIs(int schema) throws Exception {
    Path file = folder.resolve("tollbar.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      Schema.create(connection, schema);
    }
    Path copy = elsewhere.resolve("copy.db");

    StoreFile.Info info = StoreFile.in(folder).info(NOW);
    StoreFile.in(folder).backup(copy);

    assertThat(info.schema()).isEqualTo(schema);
    assertThat(info.faults()).isEmpty();
    assertThatThrownBy(() -> StoreFile.in(folder).prune(NOW, 1_000))
        .hasMessage(
            "%s was written by an older Tollbar: it has schema %d, this one has %d; a gateway of this version brings it up to date",
            file, schema, Schema.VERSION);
    assertThat(version(file)).isEqualTo(schema);
    assertThat(version(copy)).isEqualTo(schema);

    StoreFile.in(folder).restore(copy);
    try (EmbeddedState state = EmbeddedState.open(folder, () -> NOW)) {
      state.grants().add(Samples.grant("laptop", NOW));
    }
    assertThat(version(file)).isEqualTo(Schema.VERSION);
  }

  @Test
  void aFileThatHoldsNothingIsNotCopied() throws IOException {
    Path file = Files.createFile(folder.resolve("tollbar.db"));
    Path copy = elsewhere.resolve("copy.db");

    assertThatThrownBy(() -> StoreFile.in(folder).backup(copy))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage(file + " is empty: nothing is stored yet");
    assertThat(elsewhere).isEmptyDirectory();
  }

  private static long version(Path file) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      return Database.number(connection, "PRAGMA user_version");
    }
  }

  private void refused(Path copy, String why) {
    assertThatThrownBy(() -> StoreFile.in(folder).restore(copy))
        .isInstanceOf(StoreUnavailableException.class)
        .hasMessage(why);
  }

  /** Two grants, a question, two revisions, and a counter of which two of five are used. */
  private EmbeddedState filled() {
    EmbeddedState state = EmbeddedState.open(folder, () -> NOW);
    state.grants().add(Samples.grant("laptop", NOW));
    state.grants().add(Samples.grant("gone", NOW));
    state.grants().revoke("gone", NOW);
    state.approvals().open(Samples.question("a", NOW), NOW);
    for (String id : List.of("aa", "bb", "aa")) {
      state
          .revisions()
          .comesIntoForce(
              new StoredRevision(id, "/f.yaml", id, new TreeMap<>()),
              Samples.plugins("1.0"),
              NOW,
              false);
    }
    take(state);
    take(state);
    return state;
  }

  private static void take(EmbeddedState state) {
    assertThat(state.counters("p", "/r", false).take(limit(), BigDecimal.ONE).admitted()).isTrue();
  }

  private static BigDecimal left(EmbeddedState state) {
    return state.counters("p", "/r", false).peek(limit(), BigDecimal.ZERO).remaining();
  }

  private static Limit limit() {
    return new Limit(Optional.empty(), List.of("a"), "laptop", Calendar.DAY, new BigDecimal("5"));
  }

  private static void sql(Path file, String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
