package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.MetaKeys;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.Splice;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * One {@code subscriptions/listen}. What its client has not read yet is kept once for each thing
 * that changed, so a slow client costs a bounded amount.
 */
final class Listener implements UpstreamReply.Events {
  private static final Map<String, String> LISTS =
      Map.of(
          "notifications/tools/list_changed", "toolsListChanged",
          "notifications/prompts/list_changed", "promptsListChanged",
          "notifications/resources/list_changed", "resourcesListChanged");

  /** The server's capability behind each list. */
  private static final Map<String, String> CAPABILITIES =
      Map.of(
          "toolsListChanged", "tools",
          "promptsListChanged", "prompts",
          "resourcesListChanged", "resources");

  private final MessageId id;
  private final LegacyLine line;
  private final List<String> lists;
  private final List<String> uris;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final LinkedHashMap<String, Output> unread = new LinkedHashMap<>();
  private Optional<UpstreamException> failure = Optional.empty();
  private boolean finished;
  private boolean over;

  private Listener(MessageId id, LegacyLine line, List<String> lists, List<String> uris) {
    this.id = id;
    this.line = line;
    this.lists = lists;
    this.uris = uris;
  }

  /** Begins to listen, to as much of what the request wants as the server can tell. */
  static Listener open(CarriedRequest request, LegacyLine line)
      throws UpstreamException, InterruptedException {
    JsonNode wanted = request.message().params().path("notifications");
    boolean told = line.offersStream();
    if (!line.alive()) {
      throw new UpstreamException(Reason.SESSION_LOST, false, 0, "the session is lost");
    }
    List<String> lists = new ArrayList<>();
    for (String list : List.of("toolsListChanged", "promptsListChanged", "resourcesListChanged")) {
      String capability = CAPABILITIES.getOrDefault(list, "");
      if (told
          && wanted.path(list).asBoolean(false)
          && line.server().has(capability, "listChanged")) {
        lists.add(list);
      }
    }
    Listener listener = new Listener(request.id(), line, lists, new ArrayList<>());
    line.add(listener);
    boolean open = false;
    try {
      if (told && line.server().has("resources", "subscribe")) {
        listener.subscribe(wanted.path("resourceSubscriptions"));
      }
      listener.acknowledge();
      open = true;
      return listener;
    } finally {
      if (!open) {
        listener.close();
      }
    }
  }

  private void subscribe(JsonNode wanted) throws UpstreamException, InterruptedException {
    for (JsonNode uri : wanted) {
      String text = uri.asText("");
      if (!uris.contains(text) && line.subscriptions().add(text)) {
        locked(() -> uris.add(text));
      }
    }
  }

  private void acknowledge() {
    StringBuilder granted = new StringBuilder();
    for (String list : lists) {
      granted.append(granted.isEmpty() ? "" : ",").append(JsonText.quote(list)).append(":true");
    }
    if (!uris.isEmpty()) {
      granted
          .append(granted.isEmpty() ? "" : ",")
          .append("\"resourceSubscriptions\":")
          .append(uris.stream().map(JsonText::quote).collect(Collectors.joining(",", "[", "]")));
    }
    String message =
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/subscriptions/acknowledged\",\"params\":"
            + "{\"notifications\":{%s},\"_meta\":{%s}}}".formatted(granted, mark());
    locked(() -> {
      Map<String, Output> earlier = new LinkedHashMap<>(unread);
      unread.clear();
      unread.put("", Output.note(message.getBytes(StandardCharsets.UTF_8)));
      unread.putAll(earlier);
      // With nothing to wait for it ends at once, as servers do it.
      finished = lists.isEmpty() && uris.isEmpty();
      changed.signalAll();
    });
  }

  /** What ties a message to this listener. */
  private String mark() {
    return JsonText.quote(MetaKeys.SUBSCRIPTION_ID) + ":" + id.json();
  }

  /** A notification of the server, whether it is for this listener or not. */
  void heard(Message notification) {
    key(notification)
        .ifPresent(key -> {
          Output marked = Output.note(marked(notification));
          locked(() -> {
            unread.putIfAbsent(key, marked);
            changed.signalAll();
          });
        });
  }

  private Optional<String> key(Message notification) {
    String list = LISTS.get(notification.method());
    if (list != null) {
      return Optional.of(notification.method()).filter(_ -> lists.contains(list));
    }
    if (!notification.method().equals("notifications/resources/updated")) {
      return Optional.empty();
    }
    return notification.text("uri").filter(this::isWanted);
  }

  /** The resource itself, or a part of it (MCP 2025-11-25, server/resources). */
  private boolean isWanted(String uri) {
    lock.lock();
    try {
      return uris.stream()
          .anyMatch(wanted ->
              uri.equals(wanted)
                  || (uri.startsWith(wanted)
                      && (wanted.endsWith("/")
                          || "/?#".indexOf(uri.charAt(wanted.length())) >= 0)));
    } finally {
      lock.unlock();
    }
  }

  private byte[] marked(Message notification) {
    Splice splice = new Splice(notification.bytes());
    Optional<Range> mark = notification.range("params._meta." + MetaKeys.SUBSCRIPTION_ID);
    Optional<Range> params = notification.paramsRange();
    if (mark.isPresent()) {
      splice.put(mark.get(), id.json());
    } else if (notification.params().get("_meta") instanceof ObjectNode meta) {
      ModernResult.insert(splice, notification.range("params._meta").orElseThrow(), mark(), meta);
    } else if (params.isPresent()) {
      ModernResult.insert(
          splice, params.get(), "\"_meta\":{" + mark() + "}", notification.params());
    } else {
      int brace = new String(notification.bytes(), StandardCharsets.ISO_8859_1).indexOf('{');
      splice.put(new Range(brace, brace + 1), "{\"params\":{\"_meta\":{" + mark() + "}},");
    }
    return splice.bytes();
  }

  /** The gateway ends the stream: its client is told so. */
  void finish() {
    locked(() -> {
      finished = true;
      changed.signalAll();
    });
  }

  /** There is nothing more to hear. */
  void fail(UpstreamException why) {
    locked(() -> {
      failure =
          Optional.of(
              new UpstreamException(Reason.BROKEN, true, 0, String.valueOf(why.getMessage())));
      changed.signalAll();
    });
  }

  @Override
  public Optional<Event> next() throws UpstreamException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (unread.isEmpty() && !over && !finished && failure.isEmpty()) {
        changed.await();
      }
      if (over) {
        return Optional.empty();
      }
      if (!unread.isEmpty()) {
        Map.Entry<String, Output> first = unread.pollFirstEntry();
        return Optional.of(first.getValue().event());
      }
      if (finished) {
        over = true;
        return Optional.of(result().event());
      }
      throw failure.orElseThrow();
    } finally {
      lock.unlock();
    }
  }

  private Output result() {
    String info =
        line.server()
            .info()
            .map(text -> "," + JsonText.quote(MetaKeys.SERVER_INFO) + ":" + text)
            .orElse("");
    return Output.result(id, "{\"resultType\":\"complete\",\"_meta\":{" + mark() + info + "}}");
  }

  @Override
  public void close() {
    locked(() -> {
      over = true;
      changed.signalAll();
    });
    line.remove(this);
    List<String> subscribed = new ArrayList<>();
    locked(() -> {
      subscribed.addAll(uris);
      uris.clear();
    });
    if (!subscribed.isEmpty() && line.alive()) {
      Thread.ofVirtual()
          .name("end of a subscription")
          .start(() -> subscribed.forEach(line.subscriptions()::remove));
    }
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }
}
