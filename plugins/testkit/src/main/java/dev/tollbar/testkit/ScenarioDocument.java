package dev.tollbar.testkit;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.document.DocumentGrant;
import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Problem;
import dev.tollbar.document.ReadContext;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The document of a scenario. Another one can be put in its place. Its grants get tokens that the
 * scenario's clients know: of the written ones only digests are there. One thread at a time.
 */
final class ScenarioDocument {
  private final Scenario scenario;
  private Optional<String> policy;
  private Optional<String> document;
  private Optional<String> refusal = Optional.empty();
  private Set<String> grants = Set.of();

  ScenarioDocument(Scenario scenario) {
    this.scenario = scenario;
    this.policy = scenario.content().given().policy();
    this.document = scenario.content().given().document();
  }

  /** Puts the file that an edit names in the place of the one before. */
  synchronized void edit(Step step) {
    policy = step.policy();
    document = step.document();
  }

  synchronized Reading read(ReadContext context) {
    String name = document.or(() -> policy).orElseThrow();
    Path file = scenario.beside(name);
    DocumentReader reader = new DocumentReader(context);
    Reading reading =
        document.isPresent()
            ? reader.read(file)
            : reader.readPolicy(file, scenario.content().given().server(), server());
    return switch (reading) {
      case Reading.Loaded loaded -> {
        refusal = Optional.empty();
        grants = Set.copyOf(loaded.revision().grants().keySet());
        yield new Reading.Loaded(withTokens(loaded.revision()));
      }
      case Reading.Rejected rejected -> {
        Reading.Rejected named = named(rejected, file.toString(), name);
        refusal = Optional.of(named.text());
        yield named;
      }
    };
  }

  /** The message with which the document was refused, if it was. */
  synchronized Optional<String> refusal() {
    return refusal;
  }

  /** The names of the document's grants. */
  synchronized Set<String> grants() {
    return grants;
  }

  private static ObjectNode server() {
    ObjectNode entry = JsonNodeFactory.instance.objectNode();
    entry.putObject("transport").putObject(ScenarioKinds.TRANSPORT);
    return entry;
  }

  private static Revision withTokens(Revision read) {
    Map<String, DocumentGrant> grants = new HashMap<>();
    read.grants()
        .forEach((name, grant) ->
            grants.put(
                name,
                new DocumentGrant(
                    name,
                    ScenarioGrants.tokenSha256(name),
                    grant.servers(),
                    grant.labels(),
                    grant.expires())));
    return new Revision(
        read.id(),
        read.fingerprint(),
        read.servers(),
        read.policies(),
        grants,
        read.webhooks(),
        read.records(),
        read.capacity(),
        read.reloadTests(),
        read.files(),
        read.sources());
  }

  /** Problems name the file as the scenario does. */
  private static Reading.Rejected named(Reading.Rejected rejected, String path, String name) {
    List<Problem> problems =
        rejected.problems().stream()
            .map(problem ->
                new Problem(
                    problem.file().equals(path) ? name : problem.file(),
                    problem.line(),
                    problem.column(),
                    problem.pointer(),
                    problem.message()))
            .toList();
    return new Reading.Rejected(problems, rejected.files());
  }
}
