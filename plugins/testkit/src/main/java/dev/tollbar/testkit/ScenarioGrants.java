package dev.tollbar.testkit;

import dev.tollbar.identity.Tokens;
import dev.tollbar.state.Grants;
import dev.tollbar.state.StoredGrant;
import java.time.Instant;
import java.util.List;

/** Stored grants that never change. */
record ScenarioGrants(List<StoredGrant> list) implements Grants {

  /** The token of a grant of that name, in every scenario. */
  static String token(String grant) {
    return Tokens.sha256Hex(grant);
  }

  /** What a document or a store keeps of that token. */
  static String tokenSha256(String grant) {
    return Tokens.sha256Hex(token(grant));
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
