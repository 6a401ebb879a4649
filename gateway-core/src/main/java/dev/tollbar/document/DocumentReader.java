package dev.tollbar.document;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.policy.Policy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads documents into compiled revisions. Strict: a document with a problem is rejected, with all
 * its problems. Holds no state; safe for use by many threads.
 */
public final class DocumentReader {
  private final ReadContext context;

  public DocumentReader(ReadContext context) {
    this.context = context;
  }

  private interface Body {
    Contents read(Place root, Desk desk);
  }

  private interface Text {
    String read() throws Folder.ReadException;
  }

  /** What a document says, compiled as far as it is free of problems. */
  record Contents(
      Map<String, ServerSpec> servers,
      Map<String, Policy> policies,
      Map<String, DocumentGrant> grants,
      Map<String, Webhook> webhooks,
      RecordTerms records,
      CapacityTerms capacity,
      Optional<ReloadTests> reloadTests) {}

  /** Reads a gateway's document: version 2. */
  public Reading read(Path file) {
    return read(file, this::gateway);
  }

  /** Reads a document of either version, as far as it can be checked by itself. */
  public Reading check(Path file) {
    return read(file, this::either);
  }

  /** Reads the policy for one server, without the server. */
  public Reading readPolicy(Path file, String name) {
    return read(file, (root, desk) -> policyOnly(root, name, Map.of(), desk));
  }

  /**
   * Reads the policy for one server: a version 1 document, or a version 2 document that holds
   * exactly one policy and nothing else.
   *
   * @param name what the policy and its server are to be called
   * @param server the server as a version 2 document would write it, from the command line
   */
  public Reading readPolicy(Path file, String name, ObjectNode server) {
    return read(
        file,
        (root, desk) ->
            policyOnly(root, name, new CommandLineServer(desk).servers(name, server), desk));
  }

  /** As {@link #check}, but secrets are not looked up: to look at and compare, not to go live. */
  public Reading compare(Path file) {
    return read(file, this::either, _ -> Secrets.unknown());
  }

  /**
   * Reads a revision again, of either version, from its texts. Its secrets are not looked up: they
   * may be others now, or none. So it can be looked at and compared, and must not go live.
   */
  public Reading readAgain(Sources sources) {
    Path file = Path.of(sources.name());
    Desk desk = new Desk(context, Folder.of(sources.files()), Secrets.unknown());
    return read(file, sources::text, this::either, desk);
  }

  private Contents either(Place root, Desk desk) {
    return isFirst(root) ? policyOnly(root, "default", Map.of(), desk) : gateway(root, desk);
  }

  private static boolean isFirst(Place root) {
    return root.child("version").node().textValue().equals("1");
  }

  private static Contents policyOnly(
      Place root, String name, Map<String, ServerSpec> servers, Desk desk) {
    Map<String, Policy> policies =
        new PolicyFiles(desk)
            .single(name, root, true, false)
            .map(policy -> Map.of(name, policy))
            .orElse(Map.of());
    Optional<ReloadTests> reloadTests =
        isFirst(root)
            ? Optional.empty()
            : new GatewayReader(desk).reloadTests(root.child("on_reload"));
    return new Contents(
        servers,
        policies,
        Map.of(),
        Map.of(),
        RecordTerms.DEFAULT,
        CapacityTerms.DEFAULT,
        reloadTests);
  }

  private Reading read(Path file, Body body) {
    return read(file, body, folder -> new Secrets(context.environment(), folder));
  }

  private Reading read(Path file, Body body, Function<Folder, Secrets> secrets) {
    Path absolute = file.toAbsolutePath().normalize();
    Desk desk;
    try {
      Path parent = absolute.getParent();
      Folder folder = new Folder(parent == null ? absolute : parent.toRealPath());
      desk = new Desk(context, folder, secrets.apply(folder));
    } catch (IOException _) {
      return new Reading.Rejected(
          List.of(unreadable(file, "expected a file that exists")), Set.of(absolute));
    }
    desk.folder().watch(absolute);
    return read(file, () -> Folder.text(absolute), body, desk);
  }

  private static Reading read(Path file, Text reader, Body body, Desk desk) {
    try {
      String text = reader.read();
      Source source = SourceParser.parse(file.toString(), text, desk.problems());
      Optional<Problem> version = PolicyReader.version(source.place());
      if (version.isPresent()) {
        desk.problems().add(version.get());
        return rejected(file, desk);
      }
      Contents contents = body.read(source.place(), desk);
      return desk.problems().isEmpty()
          ? loaded(source, new Sources(name(file), text, desk.folder().contents()), contents, desk)
          : rejected(file, desk);
    } catch (Folder.ReadException e) {
      desk.problems().add(unreadable(file, "expected " + e.expected()));
    } catch (RejectedException e) {
      desk.problems().add(e.problem());
    } catch (RuntimeException | Error e) {
      Revision.closeAll(desk.made());
      throw e;
    }
    return rejected(file, desk);
  }

  private static Problem unreadable(Path file, String message) {
    return new Problem(file.toString(), 0, 0, "", message);
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  private static Reading loaded(Source source, Sources sources, Contents contents, Desk desk) {
    String id = digest(source, desk).hex();
    Canonical fingerprint = new Canonical().add(id);
    desk.secrets().resolved().forEach(fingerprint::add);
    return new Reading.Loaded(
        new Revision(
            id,
            fingerprint.hex(),
            contents.servers(),
            contents.policies(),
            contents.grants(),
            contents.webhooks(),
            contents.records(),
            contents.capacity(),
            contents.reloadTests(),
            desk.folder().files(),
            sources));
  }

  private static Canonical digest(Source source, Desk desk) {
    Canonical canonical = new Canonical().add(source.root().toString());
    desk.folder().contents().forEach((path, text) -> canonical.add(path).add(text));
    return canonical;
  }

  private static Reading rejected(Path file, Desk desk) {
    Revision.closeAll(desk.made());
    List<String> files = new ArrayList<>(List.of(file.toString()));
    desk.problems().forEach(problem -> files.add(problem.file()));
    Set<Problem> places = new HashSet<>();
    List<Problem> sorted =
        desk.problems().stream()
            // What follows from a fault at the same place is no fault of its own.
            .filter(problem ->
                places.add(
                    new Problem(
                        problem.file(), problem.line(), problem.column(), problem.pointer(), "")))
            .sorted(
                Comparator.comparingInt((Problem problem) -> files.indexOf(problem.file()))
                    .thenComparingInt(Problem::line)
                    .thenComparingInt(Problem::column))
            .toList();
    return new Reading.Rejected(sorted, desk.folder().files());
  }

  private Contents gateway(Place root, Desk desk) {
    if (isFirst(root)) {
      desk.problems()
          .add(
              root.child("version")
                  .problem("expected version \"2\"; found \"1\", which is for --policy"));
      return new Contents(
          Map.of(),
          Map.of(),
          Map.of(),
          Map.of(),
          RecordTerms.DEFAULT,
          CapacityTerms.DEFAULT,
          Optional.empty());
    }
    desk.problems().addAll(root.unknownKeys(GatewayEntries.KEYS));
    GatewayReader gateway = new GatewayReader(desk);
    Map<String, Webhook> webhooks = gateway.webhooks(root.child("webhooks"));
    Map<String, Policy> policies = new LinkedHashMap<>();
    PolicyFiles files = new PolicyFiles(desk);
    for (var member : desk.members(root.child("policies"))) {
      Place place = member.getValue();
      if (desk.isName(place, "a policy name", member.getKey())) {
        files
            .policy(member.getKey(), place)
            .ifPresent(policy -> policies.put(member.getKey(), policy));
      }
    }
    Map<String, ServerSpec> servers = gateway.servers(root.child("servers"));
    Map<String, DocumentGrant> grants = gateway.grants(root);
    return new Contents(
        servers,
        policies,
        grants,
        webhooks,
        gateway.records(root.child("records")),
        gateway.capacity(root.child("capacity")),
        gateway.reloadTests(root.child("on_reload")));
  }
}
