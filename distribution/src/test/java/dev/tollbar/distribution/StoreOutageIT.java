package dev.tollbar.distribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The store cannot be used for a time: what needs it is denied, all else goes on, health says why,
 * and everything works again without a restart.
 */
@ExtendWith(Fixtures.class)
class StoreOutageIT {
  /** Where SQLite locks its write-ahead log for who writes, in the file beside it. */
  private static final long WRITE_LOCK = 120;

  private static final String MOUNTS = "mounting a small disk takes root, on Linux";

  @TempDir private Path work;
  private CountingServer server;
  private int counter;

  @BeforeEach
  void open() throws Exception {
    server = new CountingServer();
    Files.createDirectory(work.resolve("data"));
    write(1);
  }

  @AfterEach
  void close() throws Exception {
    server.close();
    if (Files.exists(disk())) {
      Finished.run(new ProcessBuilder("umount", disk().toString()));
    }
  }

  private Path document() {
    return work.resolve("gateway.yaml");
  }

  private void write(int edition) throws Exception {
    StrangersJar.rename(
        Resources.text("outage.yaml")
            .replace("SERVER", server.url())
            .replace("TOKEN", KillLoad.tokenDigest())
            .replace("EDITION", Integer.toString(edition))
            .getBytes(StandardCharsets.UTF_8),
        document());
  }

  private RunningGateway serve(Archive archive) throws IOException, InterruptedException {
    return RunningGateway.serve(archive, work, List.of("--document", document().toString()));
  }

  private Path disk() {
    return work.resolve("disk");
  }

  private Path store() {
    return work.resolve("data").resolve("tollbar.db");
  }

  /** A disk of a megabyte for the store alone: records are elsewhere. */
  private void mount() throws Exception {
    Files.createDirectory(disk());
    assumeTrue(mounted("-t", "tmpfs", "-o", "size=1m", "tmpfs", disk().toString()), MOUNTS);
    Files.createSymbolicLink(store(), disk().resolve("tollbar.db"));
    Files.createFile(disk().resolve("tollbar.db"));
  }

  private static boolean mounted(String... words) throws InterruptedException {
    String[] command = new String[words.length + 1];
    command[0] = "mount";
    System.arraycopy(words, 0, command, 1, words.length);
    try {
      return Finished.run(new ProcessBuilder(command)).exitCode() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What an agent is told, in one word. */
  private static String said(RunningGateway gateway, String tool, String arguments)
      throws Exception {
    try (Wire wire = new Wire(gateway.url("counted"))) {
      JsonNode result =
          Wire.json(wire.post(Wire.call(1, tool, arguments), wire.begin(KillLoad.BEARER)))
              .path("result");
      String code = result.at("/_meta/dev.tollbar~1denial/code").asText();
      return code.isEmpty() ? result.at("/content/0/text").asText() : code;
    }
  }

  /** A call that needs a write of its own. */
  private String durable(RunningGateway gateway) throws Exception {
    return said(gateway, "durable", "{\"k\":" + counter++ + "}");
  }

  private void isOut(RunningGateway gateway, String why) throws Exception {
    assertThat(Eventually.get(() -> durable(gateway), "store_unavailable"::equals))
        .isEqualTo("store_unavailable");
    assertThat(said(gateway, "ask", "{\"n\":" + counter++ + "}")).isEqualTo("store_unavailable");
    assertThat(said(gateway, "plain", "{}")).isEqualTo("done");
    assertThat(said(gateway, "edition", "{}")).isEqualTo("rule");
    assertThat(gateway.health().path("status").asText()).isEqualTo("degraded");
    assertThat(gateway.health().path("state").path("up").asBoolean()).isFalse();
    assertThat(gateway.health().path("state").path("detail").asText())
        .startsWith(store() + " " + why);
    assertThat(gateway.operators("/health/ready").statusCode()).isEqualTo(200);
    // Calls that were denied have their records.
    assertThat(gateway.decisions())
        .anySatisfy(record -> {
          assertThat(record.path("tool").asText()).isEqualTo("durable");
          assertThat(record.path("code").asText()).isEqualTo("store_unavailable");
        });
  }

  private void isBack(RunningGateway gateway) throws Exception {
    assertThat(Eventually.get(() -> durable(gateway), "done"::equals)).isEqualTo("done");
    assertThat(said(gateway, "ask", "{\"n\":" + counter++ + "}")).isEqualTo("approval_pending");
    assertThat(
            Eventually.get(gateway::health, health -> health.path("status").asText().equals("up"))
                .toString())
        .contains("\"state\":{\"up\":true,\"detail\":\"working\"}");
  }

  @Test
  void aFullDiskDeniesWhatNeedsItUntilThereIsRoom(Archive archive) throws Exception {
    mount();
    try (RunningGateway gateway = serve(archive)) {
      assertThat(said(gateway, "leased", "{}")).isEqualTo("done");
      Path filler = disk().resolve("filler");
      AtomicBoolean over = new AtomicBoolean();
      Thread filling = Thread.ofPlatform().start(() -> fill(filler, over));

      isOut(gateway, "cannot be written: the disk is full");
      assertThat(said(gateway, "leased", "{}")).isEqualTo("done");
      write(2);
      Eventually.get(
          () -> gateway.health().path("document").path("problems").toString(),
          problems -> problems.contains("its history cannot be kept: "));
      assertThat(edition(gateway)).isEqualTo("[POLICY DENIED] Edition 1.");

      over.set(true);
      filling.join();
      Files.delete(filler);
      isBack(gateway);
      assertThat(Eventually.get(() -> edition(gateway), "[POLICY DENIED] Edition 2."::equals))
          .isEqualTo("[POLICY DENIED] Edition 2.");
      assertThat(gateway.log()).contains("the store can be used again");
    }
  }

  private static String edition(RunningGateway gateway) throws Exception {
    try (Wire wire = new Wire(gateway.url("counted"))) {
      return Wire.json(wire.post(Wire.call(1, "edition", "{}"), wire.begin(KillLoad.BEARER)))
          .at("/result/content/0/text")
          .asText();
    }
  }

  /** Takes whatever room there is, again and again. */
  private static void fill(Path filler, AtomicBoolean over) {
    byte[] page = new byte[4_096];
    while (!over.get()) {
      try (OutputStream out =
          Files.newOutputStream(filler, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        while (!over.get()) {
          out.write(page);
        }
      } catch (IOException e) {
        LockSupport.parkNanos(1_000_000); // it is full
      }
    }
  }

  @Test
  void aDiskThatIsReadOnlyDeniesWhatNeedsItUntilItIsNot(Archive archive) throws Exception {
    mount();
    String data = work.resolve("data").toString();
    assertThat(archive.run("grant", "new", "laptop", "--data", data).exitCode()).isZero();
    assumeTrue(mounted("-o", "remount,ro", disk().toString()), MOUNTS);
    try (RunningGateway gateway = serve(archive)) {
      isOut(gateway, "cannot be written: it is read-only");
      assertThat(mounted("-o", "remount,rw", disk().toString())).isTrue();
      isBack(gateway);
    }
  }

  @Test
  void aFileThatAnotherProgramHoldsDeniesWhatNeedsItUntilItIsLetGo(Archive archive)
      throws Exception {
    try (RunningGateway gateway = serve(archive)) {
      assertThat(durable(gateway)).isEqualTo("done");
      Path locks = store().resolveSibling("tollbar.db-shm");
      try (FileChannel channel = FileChannel.open(locks, StandardOpenOption.WRITE);
          FileLock _ = channel.lock(WRITE_LOCK, 1, false)) {
        isOut(gateway, "is busy: another process has held it for ");
      }
      isBack(gateway);
    }
  }

  @Test
  void aDamagedFileDeniesWhatNeedsItUntilACopyIsPutInItsPlace(Archive archive) throws Exception {
    String data = work.resolve("data").toString();
    assertThat(archive.run("grant", "new", "laptop", "--data", data).exitCode()).isZero();
    Path copy = Files.copy(store(), work.resolve("copy.db"));
    byte[] bytes = Files.readAllBytes(store());
    Arrays.fill(bytes, 100, bytes.length, (byte) 0xa5);
    Files.write(store(), bytes);
    try (RunningGateway gateway = serve(archive)) {
      isOut(gateway, "is damaged");
      assertThat(archive.run("state", "info", "--data", data))
          .isEqualTo(new Finished(1, "", "tollbar: " + store() + " is damaged\n"));
      assertThat(archive.run("state", "restore", copy.toString(), "--data", data))
          .isEqualTo(
              new Finished(
                  1,
                  "",
                  "tollbar: a gateway runs on " + data + "; stop it first, then restore.\n"));
      Files.move(
          copy, store(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      isBack(gateway);
    }
  }
}
