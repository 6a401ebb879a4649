package dev.tollbar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.PluginLoader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every kind that comes with the gateway, out of its jar, keeps the contract of all kinds. */
final class BundledKindsTest {
  private static final TestCall SMALL =
      TestCall.of("pay", "{\"amount\": 5, \"reason\": \"lunch\"}");
  private static final TestCall LARGE = TestCall.of("pay", "{\"amount\": 100.5}");

  private static Generation generation;

  @BeforeAll
  static void load(@TempDir Path copies) throws IOException, InterruptedException {
    generation = new PluginLoader().load(ScenariosTest.PLUGINS, copies);
  }

  @AfterAll
  static void unload() {
    generation.close();
  }

  private static KindContract rule(String name) {
    return KindContract.of(generation.ruleKind(name).orElseThrow().kind()).call(SMALL).call(LARGE);
  }

  private static TransportContract transport(String name) {
    return TransportContract.of(generation.transportKind(name).orElseThrow().kind());
  }

  @Test
  void theseAreAll() {
    assertThat(generation.ruleKinds().keySet())
        .containsExactly(
            "approval", "deny", "deny_if", "limits", "rate_limit", "require", "script");
    assertThat(generation.transportKinds().keySet())
        .containsExactly("sse", "stdio", "streamable_http");
  }

  @TestFactory
  Stream<DynamicTest> deny() {
    return rule("deny").config("{}").config("{ reason: People do this. }").tests();
  }

  @TestFactory
  Stream<DynamicTest> denyIf() {
    return rule("deny_if")
        .config("{ conditions: [ { path: args.amount, op: gt, value: 100 } ] }")
        .config("{ conditions: [ { path: tool.category, op: eq, value: destructive } ] }")
        .call(SMALL.withTool("destructive", Map.of("destructiveHint", BooleanNode.TRUE)))
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> require() {
    return rule("require")
        .config("{ conditions: [ { path: args.reason, op: exists, value: true } ] }")
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> limits() {
    return rule("limits")
        .config("{ max: 3, window: hour, scope: grant }")
        .config("{ max: \"100.00\", window: 15m, amount: args.amount, scope: [grant, server] }")
        .config("{ concurrency: 2, scope: session, refund_on: [is_error] }")
        .call(SMALL.withGrant("ann", Map.of("team", "a")))
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> rateLimit() {
    return rule("rate_limit").config("{ max: 3, window: 60 }").tests();
  }

  @TestFactory
  Stream<DynamicTest> approval() {
    return rule("approval")
        .config("{ when: [ { path: args.amount, op: gt, value: 100 } ], within: 30m }")
        .config("{}")
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> script() {
    return rule("script")
        .config("{ source: \"export default (call) => call.args.amount < 100\" }")
        .config("{ file: ceiling.js, timeout: 1s }")
        .file(
            "ceiling.js",
            "export default (call) => call.args.amount < 100 || ask({ reason: 'Much.' });")
        .tests();
  }

  @TestFactory
  Stream<DynamicTest> stdio() {
    return transport("stdio").config("{ command: sh, args: [no-such-server.sh] }").tests();
  }

  @TestFactory
  Stream<DynamicTest> streamableHttp() {
    return transport("streamable_http").config("{ url: \"http://127.0.0.1:9/mcp\" }").tests();
  }

  @TestFactory
  Stream<DynamicTest> sse() {
    return transport("sse").config("{ url: \"http://127.0.0.1:9/sse\" }").tests();
  }
}
