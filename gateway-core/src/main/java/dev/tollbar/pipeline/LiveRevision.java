package dev.tollbar.pipeline;

import dev.tollbar.api.Rule;
import dev.tollbar.consent.WebhookTarget;
import dev.tollbar.identity.GrantDirectory;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Policy;
import dev.tollbar.upstream.Server;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One revision in force: everything that decides a call, as one immutable whole. A call pins it at
 * arrival; what it holds is freed when it was replaced and the last call has left it.
 */
public final class LiveRevision {
  private final String id;
  private final Map<String, Server> servers;
  private final Map<String, Policy> policies;
  private final Map<String, WebhookTarget> webhooks;
  private final GrantDirectory grants;
  private final Runnable free;

  /** Calls inside, and one for being in force. */
  private final AtomicInteger users = new AtomicInteger(1);

  /**
   * A revision.
   *
   * @param id its content hash
   * @param free what is to be done when nobody uses it any more
   */
  public LiveRevision(
      String id,
      Map<String, Server> servers,
      Map<String, Policy> policies,
      Map<String, WebhookTarget> webhooks,
      GrantDirectory grants,
      Runnable free) {
    this.id = id;
    this.servers = Map.copyOf(servers);
    this.policies = Map.copyOf(policies);
    this.webhooks = Map.copyOf(webhooks);
    this.grants = grants;
    this.free = free;
  }

  public String id() {
    return id;
  }

  public Map<String, Server> servers() {
    return servers;
  }

  Optional<Policy> policy(String name) {
    return Optional.ofNullable(policies.get(name));
  }

  /** Why rules deny every call at present, by policy and place: see {@link Rule#outage()}. */
  public Map<String, String> outages(RuleWatch watch) {
    Map<String, String> outages = new HashMap<>();
    for (Policy policy : policies.values()) {
      for (ConfiguredRule rule : policy.rules()) {
        watch.outage(rule).ifPresent(why -> outages.put(policy.name() + " " + rule.pointer(), why));
      }
    }
    return outages;
  }

  public Map<String, WebhookTarget> webhooks() {
    return webhooks;
  }

  GrantDirectory grants() {
    return grants;
  }

  /** Enters; false if it is over, and a newer one is in force. */
  boolean enter() {
    while (true) {
      int now = users.get();
      if (now == 0) {
        return false;
      }
      if (users.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /** Frees what it holds: it never came into force. */
  public void drop() {
    leave();
  }

  /** Leaves. The last to leave frees what the revision holds. */
  void leave() {
    if (users.decrementAndGet() == 0) {
      free.run();
    }
  }
}
