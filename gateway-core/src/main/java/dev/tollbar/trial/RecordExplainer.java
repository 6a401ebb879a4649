package dev.tollbar.trial;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Tool;
import dev.tollbar.audit.DecisionPages;
import dev.tollbar.audit.DecisionReader;
import dev.tollbar.consent.CanonicalJson;
import dev.tollbar.document.Revision;
import dev.tollbar.identity.Grant;
import dev.tollbar.pipeline.RuleWatch;
import dev.tollbar.policy.Section;
import dev.tollbar.upstream.InputSchema;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Says why a recorded call is decided as it is by the revision in force, with counters as they are
 * now. Safe for use by many threads.
 */
public final class RecordExplainer {
  private static final String EXPECTED =
      "expected {\"record\": SEQ, \"arguments\": {…}}: the seq of a record, and the arguments of its"
          + " call if the record does not hold them all";

  private final Explainer explainer;
  private final Path records;
  private final UnaryOperator<String> digest;

  /** The gateway whose calls are explained. */
  public interface InForce {

    /** Does something with the revision in force; no other takes its place meanwhile. */
    Answer with(Function<Revision, Answer> action);

    /** Grants beside those of the document. */
    Collection<Grant> grants();

    /** What is known of a tool of a server. */
    Tool tool(String server, String name);

    /** What a server says of the arguments of its tool; empty if the tool was not seen. */
    Optional<InputSchema> inputSchema(String server, String name);
  }

  /** What is answered. */
  public sealed interface Answer {

    /** The explanation, for programs. */
    record Told(ObjectNode json) implements Answer {}

    /**
     * There is none.
     *
     * @param status as of HTTP
     */
    record Refused(int status, String detail) implements Answer {}
  }

  private record Asked(long record, Optional<ObjectNode> arguments) {}

  /**
   * An explainer.
   *
   * @param records a data folder
   * @param digest the keyed digest of a text, as records have it
   */
  public RecordExplainer(RuleWatch watch, Path records, UnaryOperator<String> digest) {
    this.explainer = new Explainer(watch);
    this.records = records;
    this.digest = digest;
  }

  /**
   * Explains one recorded call. The records are read before the revision in force is held.
   *
   * @param question JSON: {@code record}, the {@code seq} of a record, and {@code arguments}
   */
  public Answer explain(byte[] question, InForce inForce) {
    Optional<Asked> asked = read(question);
    if (asked.isEmpty()) {
      return new Answer.Refused(400, EXPECTED);
    }
    Optional<DecisionReader.Entry> record;
    try {
      record = find(asked.get().record());
    } catch (IOException _) {
      return new Answer.Refused(503, "the records cannot be read");
    }
    if (record.isEmpty()) {
      return new Answer.Refused(404, "there is no record with the seq " + asked.get().record());
    }
    return explain(record.get(), asked.get().arguments(), inForce);
  }

  private Answer explain(
      DecisionReader.Entry record, Optional<ObjectNode> supplied, InForce inForce) {
    Optional<Section> section = record.text("method").flatMap(TrialCall::section);
    Optional<String> name = record.text("tool");
    if (section.isEmpty() || name.isEmpty()) {
      return new Answer.Refused(409, "no policy judges the call of this record");
    }
    Optional<ObjectNode> arguments = supplied.or(() -> recorded(record));
    if (arguments.isEmpty()) {
      return new Answer.Refused(
          409, "the record does not hold the arguments of its call; send them as \"arguments\"");
    }
    Optional<String> known = record.text("arguments_hmac");
    if (known.isPresent() && !known.get().equals(digest.apply(CanonicalJson.of(arguments.get())))) {
      return new Answer.Refused(
          409, "these are not the arguments of the recorded call: their digest differs");
    }
    String server = record.text("server").orElse("");
    boolean tool = section.get() == Section.TOOLS;
    CallSketch sketch =
        new CallSketch(
            record.text("grant").orElse(""),
            server,
            section.get(),
            tool ? inForce.tool(server, name.get()) : Tool.named(name.get()),
            arguments.get(),
            record.text("session"),
            record.time(),
            tool ? inForce.inputSchema(server, name.get()) : Optional.empty());
    Collection<Grant> stored = inForce.grants();
    return inForce.with(revision -> {
      ObjectNode told = JsonNodeFactory.instance.objectNode();
      told.set("record", record.json());
      told.put("same_revision", record.text("revision").filter(revision.id()::equals).isPresent());
      Explained explained = explainer.explain(revision, stored, sketch);
      told.set("explanation", explained.json());
      told.put("words", explained.text(Palette.PLAIN));
      return new Answer.Told(told);
    });
  }

  private static Optional<Asked> read(byte[] question) {
    try {
      JsonNode json = ExactJson.READER.readTree(question);
      JsonNode record = json.path("record");
      JsonNode arguments = json.path("arguments");
      boolean fits =
          json.isObject()
              && record.isIntegralNumber()
              && record.canConvertToLong()
              && (arguments.isMissingNode() || arguments.isObject())
              && json.properties().stream()
                  .allMatch(member -> List.of("record", "arguments").contains(member.getKey()));
      return fits
          ? Optional.of(
              new Asked(
                  record.longValue(),
                  arguments instanceof ObjectNode object ? Optional.of(object) : Optional.empty()))
          : Optional.empty();
    } catch (JsonProcessingException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new IllegalStateException("read from memory", e);
    }
  }

  private Optional<DecisionReader.Entry> find(long seq) throws IOException {
    return new DecisionPages(records).find(seq).filter(entry -> entry.json().has("decision"));
  }

  /** All arguments of the call, if the record holds them. */
  private static Optional<ObjectNode> recorded(DecisionReader.Entry record) {
    RecordedArguments arguments = RecordedArguments.of(record);
    ObjectNode whole = arguments.node().deepCopy();
    return arguments.missed().isEmpty() ? Optional.of(whole) : Optional.empty();
  }
}
