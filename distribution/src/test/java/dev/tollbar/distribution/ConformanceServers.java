package dev.tollbar.distribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The suites' fixture, and a gateway in front of it that reaches it over HTTP and over stdio. */
final class ConformanceServers {
  static final List<String> TRANSPORTS = List.of("http", "stdio");
  static final List<String> BRIDGES = List.of("legacy-http", "modern-http");
  static final List<String> POLICIES = List.of("allow-all", "ruled");

  private ConformanceServers() {}

  /** The fixture over HTTP. */
  static LoopbackServer fixture(Node node, NpmPackages npm)
      throws IOException, InterruptedException {
    return LoopbackServer.start(node.listening(npm, "fixture-server.mjs"), 0);
  }

  /** The fixture over HTTP, which speaks one era only: {@code legacy} or {@code modern}. */
  static LoopbackServer fixture(Node node, NpmPackages npm, String era)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(node.listening(npm, "fixture-server.mjs"));
    command.add("--era=" + era);
    return LoopbackServer.start(command, 0);
  }

  /**
   * Entries of {@code servers} in a document, for the fixture in each era and over each transport:
   * {@code http} and {@code stdio} speak both eras, {@code legacy-http} and so on one.
   *
   * @param fixtures gets what was started for them
   */
  static String ofEachEra(Node node, NpmPackages npm, List<LoopbackServer> fixtures)
      throws IOException, InterruptedException {
    StringBuilder servers = new StringBuilder();
    for (String era : List.of("both", "legacy", "modern")) {
      LoopbackServer fixture = fixture(node, npm, era);
      fixtures.add(fixture);
      String prefix = era.equals("both") ? "" : era + "-";
      servers.append(
          """
            %shttp: { transport: { streamable_http: { url: "%s" } } }
            %sstdio: { transport: { stdio: { command: "%s", args: ["%s", "--stdio", "--era=%s"] } } }
          """
              .formatted(
                  prefix,
                  fixture.url(),
                  prefix,
                  node.program(),
                  npm.conformance("fixture-server.mjs"),
                  era));
    }
    return servers.toString();
  }

  /**
   * A gateway in front of servers of one era.
   *
   * @param fixtures gets what was started for them
   */
  static RunningGateway bridges(
      Archive archive, Node node, NpmPackages npm, List<LoopbackServer> fixtures, Path work)
      throws IOException, InterruptedException {
    Path folder = Files.createDirectories(work.resolve("bridges"));
    LoopbackServer legacy = fixture(node, npm, "legacy");
    fixtures.add(legacy);
    LoopbackServer modern = fixture(node, npm, "modern");
    fixtures.add(modern);
    String servers =
        Resources.text("conformance-bridges.yaml").formatted(legacy.url(), modern.url());
    Path document =
        Files.writeString(
            folder.resolve("gateway.yaml"), Resources.text("conformance-allow-all.yaml") + servers);
    return RunningGateway.serve(archive, folder, List.of("--document", document.toString()));
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
