package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Tool;
import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Value;
import org.slf4j.helpers.NOPLogger;

/**
 * Uses what scripts commonly use, once, before any of them runs: the language loads many of its
 * parts on first use, which takes longer than a script may. On a worker, because a language that
 * begins on a small stack stays broken for the life of the JVM.
 */
final class WarmUp {
  private static final Duration TIME = Duration.ofSeconds(30);
  private static final int ROUNDS = 3;

  private WarmUp() {}

  static void run(Crew crew, Sandbox sandbox) throws ScriptFailure, InterruptedException {
    ModuleText text = new ModuleText("warm-up.js", "warm-up.js", Sandbox.resource("warm-up.js"));
    Job.Work<Integer> work =
        job -> {
          try (Context context = sandbox.context(Long.MAX_VALUE)) {
            Module module = ModuleReader.read(context, text, true);
            Value prepare = Sandbox.freeze(context, new Console());
            Value script = prepare.execute("[[]]", context.eval(module.body()));
            for (int i = 0; i < ROUNDS; i++) {
              script.execute(
                  new CallView(
                      new SampleCall(i), Optional.of(JsonNodeFactory.instance.arrayNode())));
            }
            return ROUNDS;
          } catch (Unusable e) {
            throw new ScriptFailure(Kind.UNUSABLE, e.found());
          }
        };
    Conduct conduct = new Conduct("warm-up", InstantSource.system(), NOPLogger.NOP_LOGGER);
    crew.run(new Job<>(work, () -> {}, new Job.Budget(TIME, Long.MAX_VALUE), conduct));
  }

  /** Any call. */
  private record SampleCall(int number) implements Call {
    @Override
    public String grant() {
      return "local";
    }

    @Override
    public Map<String, String> labels() {
      return Map.of("team", "ops");
    }

    @Override
    public String server() {
      return "server";
    }

    @Override
    public String policy() {
      return "policy";
    }

    @Override
    public Optional<String> session() {
      return Optional.empty();
    }

    @Override
    public String protocolRevision() {
      return "2025-11-25";
    }

    @Override
    public String method() {
      return "tools/call";
    }

    @Override
    public Tool tool() {
      return Tool.named("a_tool");
    }

    @Override
    public ObjectNode arguments() {
      ObjectNode arguments = JsonNodeFactory.instance.objectNode();
      arguments.put("number", number).put("fraction", 1.5).put("text", "a").putNull("nothing");
      arguments.putArray("list").add(1).add("x");
      return arguments;
    }

    @Override
    public Instant time() {
      return Instant.EPOCH;
    }
  }
}
