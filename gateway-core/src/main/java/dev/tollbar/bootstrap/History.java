package dev.tollbar.bootstrap;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.document.DocumentException;
import dev.tollbar.document.Problem;
import dev.tollbar.document.Revision;
import dev.tollbar.state.Revisions;
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

  /** Keeps the first one. A store that cannot be reached does not keep the gateway from serving. */
  void starts(DocumentSource source, Revision revision) {
    try {
      keep(source, revision, true);
    } catch (StoreUnavailableException e) {
      LOG.error("{}: its history is not kept: {}", source.name(), e.getMessage());
    }
  }

  /**
   * Keeps a later one, before it is in force.
   *
   * @throws DocumentException if it cannot be kept: then it must not come into force
   */
  void changes(DocumentSource source, Revision revision) throws DocumentException {
    try {
      keep(source, revision, false);
    } catch (StoreUnavailableException e) {
      throw new DocumentException(
          List.of(
              new Problem(
                  source.name(), 0, 0, "", "its history cannot be kept: " + e.getMessage())));
    }
  }

  private void keep(DocumentSource source, Revision revision, boolean start) {
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
        clock.instant(),
        start);
  }
}
