package dev.tollbar.pipeline;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.Tool;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.protocol.ListChanged;
import dev.tollbar.protocol.Message;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The clients that listen. When another revision of the document comes into force, each is told
 * which of its lists look different now; a client whose grant is no longer good hears no more. Safe
 * for use by many threads.
 */
final class Listeners {
  private final Set<Listener> listening = ConcurrentHashMap.newKeySet();

  /**
   * What a client listens to, and under which policy.
   *
   * @param policy the one in force for it now; empty when its grant is no longer good
   * @param tools those that its server is known to have
   * @param subscription the request that opened the stream, if it says what the client wants
   */
  record Terms(
      Supplier<Optional<Policy>> policy,
      Supplier<Collection<Tool>> tools,
      Optional<Message> subscription) {

    private boolean wants(ListChanged list) {
      return subscription.map(list::isWantedBy).orElse(true);
    }

    private Optional<MessageId> subscriptionId() {
      return subscription.flatMap(Message::id);
    }
  }

  /** Tells the client of changes from now on. */
  Listener add(ClientStream stream, Terms terms, Runnable end) {
    Listener listener = new Listener(stream, terms, end);
    listening.add(listener);
    return listener;
  }

  /** Another revision is in force. */
  void revisionChanged() {
    for (Listener listener : listening) {
      // One thread each: a client that does not read must not hold up the others.
      Thread.ofVirtual().name("list changed").start(listener::tell);
    }
  }

  /** One client that listens. */
  final class Listener implements AutoCloseable {
    private final ClientStream stream;
    private final Terms terms;
    private final Runnable end;
    private Policy shown;

    private Listener(ClientStream stream, Terms terms, Runnable end) {
      this.stream = stream;
      this.terms = terms;
      this.end = end;
      this.shown = terms.policy().get().orElseGet(Policy::none);
    }

    private synchronized void tell() {
      Optional<Policy> now = terms.policy().get();
      if (now.isEmpty()) {
        end.run();
        return;
      }
      Policy before = shown;
      shown = now.get();
      Collection<Tool> tools = terms.tools().get();
      Predicate<Tool> differs =
          tool -> before.visible(Section.TOOLS, tool) != shown.visible(Section.TOOLS, tool);
      tell(ListChanged.TOOLS, tools.stream().anyMatch(differs));
      tell(ListChanged.PROMPTS, mayDiffer(before, Section.PROMPTS));
      tell(ListChanged.RESOURCES, mayDiffer(before, Section.RESOURCES));
    }

    /** What prompts and resources a server has is not kept: any other rules may show others. */
    private boolean mayDiffer(Policy before, Section section) {
      boolean same = before.section(section).isEmpty() && shown.section(section).isEmpty();
      boolean none = before.refusesAll().isPresent() != shown.refusesAll().isPresent();
      return none || !same;
    }

    private void tell(ListChanged list, boolean changed) {
      if (changed && terms.wants(list)) {
        stream.message(list.message(terms.subscriptionId()));
      }
    }

    @Override
    public void close() {
      listening.remove(this);
    }
  }
}
