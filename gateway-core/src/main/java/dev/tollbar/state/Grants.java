package dev.tollbar.state;

import java.time.Instant;
import java.util.List;

/** Stored grants. As {@link Approvals}: on disk before a method returns, shared by processes. */
public interface Grants {

  List<StoredGrant> list();

  /** False if the name is taken. */
  boolean add(StoredGrant grant);

  /** False if there is no such grant, or it is revoked already. */
  boolean revoke(String name, Instant at);

  /** Changes whenever a grant was added or revoked, by any process. Cheap. */
  long version();
}
