package dev.tollbar.bootstrap;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.document.Revision;
import dev.tollbar.plugins.PluginReport;
import dev.tollbar.state.PluginSet;
import dev.tollbar.state.Revisions;
import dev.tollbar.state.StoredPlugin;
import dev.tollbar.state.StoredRevision;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps each revision of a document when it comes into force. */
final class History {
  private static final Logger LOG = LoggerFactory.getLogger(History.class);

  private final Revisions revisions;
  private final InstantSource clock;

  History(Revisions revisions, InstantSource clock) {
    this.revisions = revisions;
    this.clock = clock;
  }

  /**
   * Keeps the first one. A store that cannot be reached does not keep the gateway from serving.
   *
   * @return whether it is kept
   */
  boolean starts(DocumentSource source, Revision revision, List<PluginReport> plugins) {
    try {
      keep(source, revision, plugins, true);
      return true;
    } catch (StoreUnavailableException e) {
      LOG.error("{}: its history is not kept: {}", source.name(), e.getMessage());
      return false;
    }
  }

  /**
   * Keeps a later one, or that there are other plugins, before it is in force.
   *
   * @throws DocumentException if it cannot be kept: then it must not come into force
   */
  void changes(DocumentSource source, Revision revision, List<PluginReport> plugins)
      throws DocumentException {
    try {
      keep(source, revision, plugins, false);
    } catch (StoreUnavailableException e) {
      throw new DocumentException(
          List.of(
              new Problem(
                  source.name(), 0, 0, "", "its history cannot be kept: " + e.getMessage())));
    }
  }

  private void keep(
      DocumentSource source, Revision revision, List<PluginReport> plugins, boolean start) {
    Optional<Path> file = source.file();
    if (file.isEmpty()) {
      return;
    }
    revisions.comesIntoForce(
        new StoredRevision(
            revision.id(),
            file.get().toAbsolutePath().normalize().toString(),
            revision.sources().text(),
            revision.sources().files()),
        set(plugins),
        clock.instant(),
        start);
  }

  private static PluginSet set(List<PluginReport> plugins) {
    return PluginSet.of(
        plugins.stream()
            .filter(plugin -> plugin.state() == PluginReport.State.LOADED)
            .map(plugin ->
                new StoredPlugin(
                    plugin.id().orElse(plugin.file()),
                    plugin.version().orElse("?"),
                    plugin.sha256().orElse("?")))
            .toList());
  }
}
