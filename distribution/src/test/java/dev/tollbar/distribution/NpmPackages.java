package dev.tollbar.distribution;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The MCP clients and servers out of npm, as {@code src/test/npm} locks them.
 *
 * @param folder where they are installed; also holds the scripts of {@code src/test/npm}
 */
record NpmPackages(Path folder) {

  /** Installs what is locked, unless just that is installed already. */
  static NpmPackages install(Path source, Path folder) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    // Tests run in several processes, of which the first installs.
    try (FileChannel channel =
            FileChannel.open(
                folder.resolveSibling("npm.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock _ = channel.lock()) {
      return installed(source, folder);
    }
  }

  private static NpmPackages installed(Path source, Path folder)
      throws IOException, InterruptedException {
    Path lock = source.resolve("package-lock.json");
    Path installed = folder.resolve("installed.json");
    boolean upToDate = Files.exists(installed) && Files.mismatch(lock, installed) < 0;
    copy(source, folder);
    if (!upToDate) {
      Files.deleteIfExists(installed);
      Finished npm =
          Finished.run(
              new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                  .directory(folder.toFile()));
      if (npm.exitCode() != 0) {
        throw new IOException("npm ci failed:\n" + npm.out() + npm.err());
      }
      Files.copy(lock, installed);
    }
    return new NpmPackages(folder);
  }

  private static void copy(Path source, Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.filter(NpmPackages::ours).toList()) {
        Path copy = folder.resolve(source.relativize(file).toString());
        Files.createDirectories(copy.resolveSibling(""));
        // A copy that another process may be running stays as it is.
        if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static boolean ours(Path file) {
    return Files.isRegularFile(file) && !file.toString().contains("node_modules");
  }

  /** A file of {@code src/test/npm/conformance}. */
  Path conformance(String file) {
    return folder.resolve("conformance").resolve(file);
  }

  /** server-everything over stdio. */
  List<String> everything() {
    return List.of("node", program("server-everything", "dist/index.js"), "stdio");
  }

  /**
   * server-everything over streamable HTTP on loopback; takes its port from the variable {@code
   * PORT}.
   */
  List<String> everythingOverHttp() {
    return List.of(
        "node",
        "--require",
        folder.resolve("loopback.cjs").toString(),
        program("server-everything", "dist/index.js"),
        "streamableHttp");
  }

  /** The same over HTTP+SSE, the transport of 2024-11-05. */
  List<String> everythingOverSse() {
    List<String> words = new ArrayList<>(everythingOverHttp());
    words.set(words.size() - 1, "sse");
    return words;
  }

  /** server-filesystem over stdio, which serves one folder. */
  List<String> filesystem(Path served) {
    return List.of("node", program("server-filesystem", "dist/index.js"), served.toString());
  }

  /** The program of the inspector. */
  Path inspector() {
    return Path.of(program("inspector", "clients/launcher/build/index.js"));
  }

  /** A server that speaks 2026-07-28 only, over streamable HTTP on loopback. */
  List<String> modern() {
    return List.of("node", folder.resolve("modern-server.mjs").toString());
  }

  private String program(String server, String file) {
    return folder
        .resolve("node_modules/@modelcontextprotocol")
        .resolve(server)
        .resolve(file)
        .toString();
  }
}
