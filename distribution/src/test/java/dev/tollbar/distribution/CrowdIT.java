package dev.tollbar.distribution;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Fifty clients at once that use the same ids and tokens: each gets its own answers, of servers of
 * either era and of both, over HTTP and over one pipe.
 */
@ExtendWith(Fixtures.class)
class CrowdIT {
  /** A legacy client has a process of its own behind a pipe, where nobody can be mistaken. */
  private static final List<String> OF_LEGACY_CLIENTS = List.of("http", "modern-http");

  private static final List<String> OF_MODERN_CLIENTS =
      List.of("http", "stdio", "modern-http", "modern-stdio", "legacy-http", "legacy-stdio");

  private static final List<LoopbackServer> FIXTURES = new ArrayList<>();
  private static RunningGateway gateway;

  @BeforeAll
  static void begin(Archive archive, NpmPackages npm, @TempDir Path work) throws Exception {
    Node node = Node.find(npm);
    Path document =
        Files.writeString(
            work.resolve("gateway.yaml"),
            "version: \"2\"\npolicies:\n  open: { default: allow }\nservers:\n"
                + ConformanceServers.ofEachEra(node, npm, FIXTURES));
    gateway = RunningGateway.serve(archive, work, List.of("--document", document.toString()));
  }

  @AfterAll
  static void end() {
    if (gateway != null) {
      gateway.close();
    }
    FIXTURES.forEach(LoopbackServer::close);
  }

  private static Map<String, Crowd> crowds() {
    Map<String, Crowd> crowds = new LinkedHashMap<>();
    for (String server : OF_LEGACY_CLIENTS) {
      crowds.put("legacy clients, " + server, new Crowd(gateway.url(server), CrowdMembers::legacy));
    }
    for (String server : OF_MODERN_CLIENTS) {
      crowds.put("modern clients, " + server, new Crowd(gateway.url(server), CrowdMembers::modern));
    }
    return crowds;
  }

  @FunctionalInterface
  private interface Doing {
    void go(Crowd crowd) throws Exception;
  }

  private static Stream<DynamicTest> each(Doing doing) {
    return each(crowds(), doing);
  }

  /**
   * Without the server where no question says which call it belongs to: a legacy one behind a pipe
   * that modern clients of one grant share, of which {@code docs/protocol.md} says so.
   */
  private static Stream<DynamicTest> eachThatIsAskedByItsOwnCall(Doing doing) {
    Map<String, Crowd> crowds = crowds();
    crowds.remove("modern clients, legacy-stdio");
    return each(crowds, doing);
  }

  private static Stream<DynamicTest> each(Map<String, Crowd> crowds, Doing doing) {
    return crowds.entrySet().stream()
        .map(crowd -> DynamicTest.dynamicTest(crowd.getKey(), () -> doing.go(crowd.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> section59EachHearsOfItsOwnProgress() {
    return each(Crowd::hearsOfItsOwnProgress);
  }

  @TestFactory
  Stream<DynamicTest> section59EachAnswersWhatItIsAsked() {
    return eachThatIsAskedByItsOwnCall(Crowd::answersWhatItIsAsked);
  }

  @TestFactory
  Stream<DynamicTest> section59EachSamplesWhatItIsAsked() {
    return eachThatIsAskedByItsOwnCall(Crowd::samplesWhatItIsAsked);
  }

  @TestFactory
  Stream<DynamicTest> section59EachCancelsItsOwnCall() {
    return each(Crowd::cancelsItsOwnCall);
  }
}
