package dev.tollbar.bootstrap;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.console.Health;
import dev.tollbar.state.Deliveries;
import dev.tollbar.state.Delivery;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Messages that no webhook has taken, for those who look after the gateway. */
record DeadLetters(Deliveries deliveries) {

  int count() {
    return deliveries.dead().size();
  }

  /** The webhooks that have any. What cannot be read is said where the store is. */
  Map<String, Health.Component> webhooks() {
    List<Delivery> dead;
    try {
      dead = deliveries.dead();
    } catch (StoreUnavailableException e) {
      return Map.of();
    }
    Map<String, Integer> counts = new TreeMap<>();
    Map<String, String> last = new TreeMap<>();
    for (Delivery delivery : dead) {
      counts.merge(delivery.webhook(), 1, Integer::sum);
      last.putIfAbsent(delivery.webhook(), delivery.problem().orElse(""));
    }
    Map<String, Health.Component> webhooks = new TreeMap<>();
    counts.forEach((webhook, count) ->
        webhooks.put(
            webhook,
            new Health.Component(
                false,
                count
                    + (count == 1 ? " message" : " messages")
                    + " given up, the last: "
                    + last.getOrDefault(webhook, ""))));
    return webhooks;
  }
}
