package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Observation;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.slf4j.helpers.NOPLogger;

/**
 * A worker process: runs scripts for the gateway that started it, one request at a time, and ends
 * with it. The gateway kills it at any time. Its side of {@link Frames}:
 *
 * <ul>
 *   <li>it says {@code {"ready": true}} once it is warm;
 *   <li>{@code load} (id, name, path, text, files, time_ms, bytes) is answered by {@code ok}, by
 *       {@code need} with the path of a file that is not among the files, by {@code unusable}, or
 *       by {@code failure} with {@code detail};
 *   <li>{@code call} (id, traced, call, and limits if they were looked up) is answered by {@code
 *       answer}, or {@code failure} with {@code detail}; both with {@code lines} and {@code seen};
 *   <li>{@code drop} (id) is answered by {@code ok}.
 * </ul>
 */
final class WorkerMain {
  private final DataOutputStream out;
  private final ScriptEngine engine = new ScriptEngine(1);
  private final Map<Long, Script> scripts = new HashMap<>();

  private WorkerMain(DataOutputStream out) {
    this.out = out;
  }

  public static void main(String[] arguments) {
    DataInputStream in =
        new DataInputStream(new BufferedInputStream(new FileInputStream(FileDescriptor.in)));
    DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    // Nothing but frames may come out of this process.
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    System.setOut(nowhere);
    System.setErr(nowhere);
    BlockingQueue<byte[]> requests = new ArrayBlockingQueue<>(1);
    Crew.thread("script-requests", () -> serve(requests, out)).start();
    try {
      while (true) {
        requests.put(Frames.read(in, Frames.LONGEST_REQUEST));
      }
    } catch (IOException | InterruptedException e) {
      // The gateway is gone, whatever a script may still be doing here.
      Runtime.getRuntime().halt(0);
    }
  }

  private static void serve(BlockingQueue<byte[]> requests, DataOutputStream out) {
    try {
      WorkerMain worker = new WorkerMain(out);
      worker.say(object().put("ready", true));
      while (true) {
        worker.answer(Frames.json(requests.take()));
      }
    } catch (Throwable e) {
      Runtime.getRuntime().halt(1);
    }
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private void say(ObjectNode reply) throws IOException {
    Frames.write(out, Frames.bytes(reply));
  }

  private void answer(JsonNode request) throws IOException, InterruptedException {
    long id = request.path("id").asLong();
    say(
        switch (request.path("do").asText()) {
          case "load" -> load(id, request);
          case "call" -> {
            Script script = scripts.get(id);
            if (script == null) {
              throw new IOException("a script that was not loaded");
            }
            yield call(script, request);
          }
          case "drop" -> drop(id);
          default -> throw new IOException("an unknown request");
        });
  }

  private static final class MissingFile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingFile(String path) {
      super(path, null, false, false);
    }
  }

  private ObjectNode load(long id, JsonNode request) throws InterruptedException {
    ModuleText predicate =
        new ModuleText(
            request.path("name").asText(),
            request.path("path").asText(),
            request.path("text").asText());
    Program.Files files =
        path -> {
          JsonNode text = request.path("files").path(path);
          if (!text.isTextual()) {
            throw new MissingFile(path);
          }
          return text.textValue();
        };
    Job.Budget budget =
        new Job.Budget(
            Duration.ofMillis(request.path("time_ms").asLong()), request.path("bytes").asLong());
    Conduct conduct = new Conduct("script", InstantSource.system(), NOPLogger.NOP_LOGGER);
    try {
      scripts.put(id, engine.open(predicate, files, budget, conduct));
      return object().put("ok", true);
    } catch (MissingFile e) {
      return object().put("need", e.getMessage());
    } catch (Unusable e) {
      return object().put("unusable", e.found());
    } catch (ScriptFailure e) {
      return failure(e);
    }
  }

  private static ObjectNode failure(ScriptFailure e) {
    return object().put("failure", e.kind().name()).put("detail", e.detail());
  }

  private ObjectNode drop(long id) {
    Script script = scripts.remove(id);
    if (script != null) {
      script.close();
    }
    return object().put("ok", true);
  }

  private static ObjectNode call(Script script, JsonNode request) throws InterruptedException {
    Notes notes = new Notes(request.path("traced").asBoolean());
    ObjectNode reply;
    try {
      String answer =
          script.call(
              new JsonCall(request.path("call")),
              Optional.ofNullable(request.get("limits")),
              notes);
      reply = object().put("answer", answer);
    } catch (ScriptFailure e) {
      reply = failure(e);
    }
    notes.lines().forEach(reply.putArray("lines")::add);
    for (Observation seen : notes.observations()) {
      ObjectNode each = reply.withArray("seen").addObject();
      each.put("subject", seen.subject()).put("text", seen.text());
      ObjectNode details = each.putObject("details");
      seen.details().forEach((key, value) -> details.set(key, shortened(value)));
    }
    return reply;
  }

  /** As much as fits into a reply a hundred times. */
  private static JsonNode shortened(JsonNode value) {
    String text = value.toString();
    return text.length() <= 4000
        ? value
        : JsonNodeFactory.instance.textNode(text.substring(0, 4000) + "…");
  }
}
