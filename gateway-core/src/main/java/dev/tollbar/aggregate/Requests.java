package dev.tollbar.aggregate;

import dev.tollbar.api.MessageId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** Which of a client's requests are at which servers. Safe for use by many threads. */
final class Requests {

  /**
   * A request, or one part of it, that a server works on.
   *
   * @param id the server's; the client's own but for parts
   */
  record Sent(Member member, MessageId id) {}

  private final Map<MessageId, List<Sent>> open = new ConcurrentHashMap<>();

  /** False if the client has one of that id open. */
  boolean begin(MessageId id) {
    return open.putIfAbsent(id, new CopyOnWriteArrayList<>()) == null;
  }

  void sent(MessageId id, Sent sent) {
    Optional.ofNullable(open.get(id)).ifPresent(parts -> parts.add(sent));
  }

  List<Sent> sent(MessageId id) {
    return List.copyOf(open.getOrDefault(id, List.of()));
  }

  void end(MessageId id) {
    open.remove(id);
  }

  boolean isEmpty() {
    return open.isEmpty();
  }
}
