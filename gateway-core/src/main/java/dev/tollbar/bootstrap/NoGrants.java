package dev.tollbar.bootstrap;

import dev.tollbar.state.Grants;
import dev.tollbar.state.StoredGrant;
import java.time.Instant;
import java.util.List;

/** No stored grants: the client is the process that started the gateway, and is known by that. */
final class NoGrants implements Grants {

  @Override
  public List<StoredGrant> list() {
    return List.of();
  }

  @Override
  public boolean add(StoredGrant grant) {
    return false;
  }

  @Override
  public boolean revoke(String name, Instant at) {
    return false;
  }

  @Override
  public long version() {
    return 0;
  }
}
