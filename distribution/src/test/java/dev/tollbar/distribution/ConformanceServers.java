package dev.tollbar.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The suites' fixture, and a gateway in front of it that reaches it over HTTP and over stdio. */
final class ConformanceServers {
  static final List<String> TRANSPORTS = List.of("http", "stdio");
  static final List<String> POLICIES = List.of("allow-all", "ruled");

  private ConformanceServers() {}

  /** The fixture over HTTP. */
  static LoopbackServer fixture(Node node, NpmPackages npm)
      throws IOException, InterruptedException {
    return LoopbackServer.start(node.listening(npm, "fixture-server.mjs"), 0);
  }

  /** A gateway whose servers are named by {@link #TRANSPORTS}. */
  static RunningGateway gateway(
      Archive archive, Node node, NpmPackages npm, LoopbackServer fixture, String policy, Path work)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectories(work.resolve(policy));
    String servers =
        Resources.text("conformance-servers.yaml")
            .formatted(fixture.url(), node.program(), npm.conformance("fixture-server.mjs"));
    Path document =
        Files.writeString(
            folder.resolve("gateway.yaml"),
            Resources.text("conformance-" + policy + ".yaml") + servers);
    return RunningGateway.serve(archive, folder, List.of("--document", document.toString()));
  }
}
