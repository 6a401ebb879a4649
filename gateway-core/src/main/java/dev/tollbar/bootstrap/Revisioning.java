package dev.tollbar.bootstrap;

import dev.tollbar.document.DocumentReader;
import dev.tollbar.document.Reading;
import dev.tollbar.document.Revision;
import dev.tollbar.document.Sources;
import dev.tollbar.history.Comparison;
import dev.tollbar.history.Reach;
import dev.tollbar.history.Side;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.state.State;
import dev.tollbar.state.StoredGrant;
import dev.tollbar.state.StoredRevision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads kept revisions and files, and compares them as the grants of this data folder see them. */
final class Revisioning {
  private final DocumentReader reader;
  private final List<StoredGrant> grants;

  Revisioning(DocumentReader reader, State state) {
    this.reader = reader;
    this.grants =
        state.grants().list().stream().filter(grant -> grant.revoked().isEmpty()).toList();
  }

  /** The revision, read with the plugins that are loaded now. The caller closes it. */
  Revision read(StoredRevision stored) throws CommandException {
    String name = String.valueOf(Path.of(stored.file()).getFileName());
    return loaded(
        "tollbar: revision "
            + RevisionChoice.shortened(stored.id())
            + " is not valid with the plugins of today:\n",
        reader.readAgain(new Sources(name, stored.text(), stored.files())));
  }

  /** A document as it lies in its file. The caller closes it. */
  Revision read(Path file) throws CommandException {
    return loaded("", reader.compare(file));
  }

  private static Revision loaded(String heading, Reading reading) throws CommandException {
    return switch (reading) {
      case Reading.Loaded(Revision revision) -> revision;
      case Reading.Rejected rejected -> throw CommandException.badInput(heading + rejected.text());
    };
  }

  Comparison compare(Revision before, Revision after) {
    boolean local = grants.isEmpty() && before.grants().isEmpty() && after.grants().isEmpty();
    return Comparison.of(side(before, local), side(after, local));
  }

  private Side side(Revision revision, boolean local) {
    List<Reach> reaches = new ArrayList<>();
    Map<String, Map<String, String>> all = new HashMap<>();
    grants.forEach(grant -> all.put(grant.name(), grant.servers()));
    revision.grants().values().forEach(grant -> all.put(grant.name(), grant.servers()));
    if (local) {
      all.put("everybody", everybody(revision));
    }
    all.forEach((grant, servers) ->
        servers.forEach((server, policy) -> reaches.add(new Reach(grant, server, policy))));
    return new Side(revision, reaches);
  }

  /** Without grants, and for a policy whose server is named on the command line. */
  private static Map<String, String> everybody(Revision revision) {
    if (!revision.servers().isEmpty()) {
      return LocalGrant.over(revision.servers().keySet(), revision.policies().keySet()).servers();
    }
    Map<String, String> own = new HashMap<>();
    revision.policies().keySet().forEach(policy -> own.put(policy, policy));
    return own;
  }
}
