package dev.tollbar.document;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads policies from where they stand: in the document, or in a file that it names. */
final class PolicyFiles {
  private final Desk desk;

  PolicyFiles(Desk desk) {
    this.desk = desk;
  }

  /** One member of {@code policies}; empty if its file cannot be read. */
  Optional<Policy> policy(String name, Place place) {
    Place file = place.child("file");
    if (!file.exists()) {
      return Optional.of(new PolicyReader(desk).read(name, place, false));
    }
    desk.problems().addAll(place.unknownKeys(List.of("file", "mode")));
    boolean shadow =
        desk.choice(place.child("mode"), PolicyReader.MODES).filter("shadow"::equals).isPresent();
    if (!file.node().isTextual()) {
      desk.problems().add(file.expected("a string"));
      return Optional.empty();
    }
    try {
      String path = file.node().textValue();
      Source source = SourceParser.parse(path, desk.folder().read("", path), desk.problems());
      Optional<Problem> version = PolicyReader.version(source.place());
      version.ifPresent(desk.problems()::add);
      return version.isPresent() ? Optional.empty() : single(name, source.place(), false, shadow);
    } catch (InvalidConfigException e) {
      desk.problems().addAll(file.invalid(e));
    } catch (RejectedException e) {
      desk.problems().add(e.problem());
    }
    return Optional.empty();
  }

  /**
   * The one policy of a file.
   *
   * @param files whether a version 2 file may take it from another file
   */
  Optional<Policy> single(String name, Place root, boolean files, boolean shadow) {
    if (root.child("version").node().textValue().equals("1")) {
      return Optional.of(new FirstReader(desk).read(name, root, shadow));
    }
    for (String section : List.of("servers", "grants", "webhooks")) {
      Place place = root.child(section);
      if (place.exists()) {
        desk.problems()
            .add(
                place.keyProblem(
                    files
                        ? "expected only policies; a document with "
                            + section
                            + " is for --document"
                        : "expected only policies; " + section + " belong into the document"));
      }
    }
    desk.problems().addAll(root.unknownKeys(GatewayEntries.KEYS));
    Place policies = root.child("policies");
    Map<String, Place> members =
        policies.node().isObject() ? policies.members() : Map.<String, Place>of();
    if (members.size() != 1) {
      desk.problems()
          .add(
              policies.problem(
                  "expected exactly one policy; found "
                      + (members.isEmpty() ? "none" : Integer.toString(members.size()))));
      return Optional.empty();
    }
    Place only = members.values().iterator().next();
    return files
        ? policy(name, only)
        : Optional.of(new PolicyReader(desk).read(name, only, shadow));
  }
}
