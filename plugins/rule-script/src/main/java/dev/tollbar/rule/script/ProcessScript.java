package dev.tollbar.rule.script;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Observation;
import dev.tollbar.rule.script.ScriptFailure.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A script that runs in worker processes. Its text is not even parsed in the gateway. */
final class ProcessScript implements LoadedScript {
  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final int MOST_FILES = 64;
  private static final Duration LOAD_WITHIN = Duration.ofSeconds(10);

  /** The first load may have to wait until a worker is warm. */
  private static final Duration FIRST_WITHIN = Duration.ofSeconds(60);

  private static final Duration BEGIN_WITHIN = Duration.ofSeconds(1);

  /** For the way there and back, beside what the script may take by the clock. */
  private static final Duration GRACE = Duration.ofMillis(250);

  private final WorkerPool pool;
  private final long id = NUMBERS.incrementAndGet();
  private final Job.Budget budget;
  private final ObjectNode load;

  private ProcessScript(WorkerPool pool, ModuleText predicate, Job.Budget budget) {
    this.pool = pool;
    this.budget = budget;
    this.load = request("load");
    load.put("name", predicate.name()).put("path", predicate.path()).put("text", predicate.text());
    load.put("time_ms", budget.time().toMillis()).put("bytes", budget.bytes());
    load.putObject("files");
  }

  /** Loads a script in one worker; the others load it when they first run it. */
  static ProcessScript open(
      WorkerPool pool, ModuleText predicate, Program.Files files, Job.Budget budget)
      throws Unusable, ScriptFailure, InterruptedException {
    ProcessScript script = new ProcessScript(pool, predicate, budget);
    Map<String, String> known = new HashMap<>();
    while (true) {
      JsonNode reply = pool.use(FIRST_WITHIN, script::load);
      String needed = reply.path("need").asText("");
      if (reply.has("unusable")) {
        throw new Unusable(Text.line(reply.path("unusable").asText(), 1000));
      }
      if (needed.isEmpty()) {
        pool.live().add(script.id);
        return script;
      }
      if (known.size() == MOST_FILES || known.containsKey(needed)) {
        throw new Unusable("more than " + MOST_FILES + " modules");
      }
      known.put(needed, files.text(needed));
      script.load.withObject("/files").put(needed, known.get(needed));
    }
  }

  private ObjectNode request(String what) {
    return JsonNodeFactory.instance.objectNode().put("do", what).put("id", id);
  }

  private JsonNode load(WorkerProcess worker) throws ScriptFailure, InterruptedException {
    JsonNode reply = worker.ask(load, LOAD_WITHIN, "ran longer than 10s");
    if (reply.path("ok").asBoolean()) {
      worker.loaded().add(id);
    }
    if (reply.has("failure")) {
      throw failure(reply);
    }
    return reply;
  }

  @Override
  public String call(Call call, Optional<JsonNode> limits, Notes notes)
      throws ScriptFailure, InterruptedException {
    ObjectNode request = request("call").put("traced", notes.traced());
    request.set("call", JsonCall.write(call));
    limits.ifPresent(known -> request.set("limits", known));
    return pool.use(BEGIN_WITHIN, worker -> call(worker, request, notes));
  }

  private String call(WorkerProcess worker, ObjectNode request, Notes notes)
      throws ScriptFailure, InterruptedException {
    prepare(worker);
    JsonNode reply =
        worker.ask(
            request,
            budget.clockTime().plus(GRACE),
            "ran longer than " + Durations.format(budget.time()));
    reply.path("lines").forEach(line -> notes.line(Text.line(line.asText(), 201)));
    notes.observed(observations(reply.path("seen")));
    if (reply.path("answer").isTextual() && !reply.path("answer").asText().isEmpty()) {
      return reply.path("answer").asText();
    }
    throw failure(reply);
  }

  private void prepare(WorkerProcess worker) throws ScriptFailure, InterruptedException {
    for (Long gone : List.copyOf(worker.loaded())) {
      if (!pool.live().contains(gone)) {
        worker.ask(
            JsonNodeFactory.instance.objectNode().put("do", "drop").put("id", gone),
            LOAD_WITHIN,
            "did not answer");
        worker.loaded().remove(gone);
      }
    }
    if (!worker.loaded().contains(id) && !load(worker).path("ok").asBoolean()) {
      throw new ScriptFailure(Kind.CRASHED, "its worker process could not load it");
    }
  }

  private static ScriptFailure failure(JsonNode reply) {
    String name = reply.path("failure").asText();
    for (Kind kind : Kind.values()) {
      if (kind.name().equals(name)) {
        return new ScriptFailure(kind, Text.line(reply.path("detail").asText(), 500));
      }
    }
    return new ScriptFailure(Kind.CRASHED, "its worker process gave no answer");
  }

  private static List<Observation> observations(JsonNode seen) {
    List<Observation> observations = new ArrayList<>();
    for (JsonNode each : seen) {
      Map<String, JsonNode> details = new HashMap<>();
      each.path("details").properties().forEach(e -> details.put(e.getKey(), e.getValue()));
      observations.add(
          Observation.of(each.path("subject").asText(), each.path("text").asText(), details));
    }
    return observations;
  }

  @Override
  public void close() {
    pool.live().remove(id);
  }
}
