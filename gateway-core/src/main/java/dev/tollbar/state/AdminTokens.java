package dev.tollbar.state;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Stored admin tokens. As {@link Grants}: on disk before a method returns, shared by processes. */
public interface AdminTokens {

  /**
   * What tells the tokens of this store from those of others: a part of each of them, no secret.
   * Made when it is first asked for.
   */
  String store();

  /** By name, revoked ones too. */
  List<StoredAdminToken> list();

  /** The token of that digest, whether it is still good or not. Some microseconds. */
  Optional<StoredAdminToken> find(String tokenSha256);

  /** False if the name is taken. */
  boolean add(StoredAdminToken token);

  /** Adds it only if no other is good at that time, so that two gateways make one. */
  boolean addFirst(StoredAdminToken token, Instant now);

  /** False if there is no such token, or it is revoked already. */
  boolean revoke(String name, Instant at);
}
