package dev.tollbar.legacy;

import dev.tollbar.api.EventStream;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamSession;
import dev.tollbar.protocol.Revision;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One client's session: bound to the grant and the server that it was opened with, and the client's
 * line to that server.
 */
public final class Session {
  /** A server may have this many requests open at its client; more than that is no conversation. */
  private static final int MOST_SERVER_REQUESTS = 1_000;

  private final String id;
  private final String name;
  private final String grant;
  private final String server;
  private final Revision revision;
  private final UpstreamSession upstream;
  private final Map<MessageId, InFlight> inFlight = new ConcurrentHashMap<>();
  private final Set<MessageId> serverRequests = ConcurrentHashMap.newKeySet();
  private final Set<MessageId> unanswered = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Optional<EventStream>> listening =
      new AtomicReference<>(Optional.empty());
  private volatile long lastUsedNanos = System.nanoTime();

  Session(String id, String grant, String server, Revision revision, UpstreamSession upstream) {
    this.id = id;
    this.name = nameOf(id);
    this.grant = grant;
    this.server = server;
    this.revision = revision;
    this.upstream = upstream;
  }

  /** The secret that the client shows. */
  public String id() {
    return id;
  }

  /** What rules and records call it: tells sessions apart, and is good for nothing else. */
  public String name() {
    return name;
  }

  public String grant() {
    return grant;
  }

  public String server() {
    return server;
  }

  /** The protocol revision that client and server agreed on. */
  public Revision revision() {
    return revision;
  }

  public UpstreamSession upstream() {
    return upstream;
  }

  /** Registers a request; empty if the client has one of that id open already. */
  public Optional<InFlight> begin(MessageId request) {
    InFlight begun = new InFlight(Thread.currentThread());
    return inFlight.putIfAbsent(request, begun) == null ? Optional.of(begun) : Optional.empty();
  }

  public void end(MessageId request) {
    InFlight ended = inFlight.remove(request);
    if (ended != null) {
      ended.finish();
    }
  }

  /** The client gave up on a request. */
  public void cancel(MessageId request) {
    InFlight found = inFlight.get(request);
    if (found != null) {
      found.cancel();
    }
  }

  /** A request of the server went to the client. False if it has too many open. */
  public boolean ask(MessageId serverRequest) {
    return serverRequests.size() < MOST_SERVER_REQUESTS && serverRequests.add(serverRequest);
  }

  /** The client answers a request of the server. False if there is none of that id. */
  public boolean answer(MessageId serverRequest) {
    return serverRequests.remove(serverRequest);
  }

  /** The stream of a request broke off before its answer, which may come on another stream. */
  public void leaveUnanswered(MessageId request) {
    if (unanswered.size() < MOST_SERVER_REQUESTS) {
      unanswered.add(request);
    }
  }

  /** An answer came on a stream that is not its request's. False if none is expected there. */
  public boolean answeredLate(MessageId request) {
    return unanswered.remove(request);
  }

  /** A new GET stream takes the place of the one before, which ends. */
  public void listen(EventStream stream) {
    listening.getAndSet(Optional.of(stream)).ifPresent(EventStream::close);
  }

  /** Ends the GET stream, if it is still this one. */
  public void unlisten(EventStream stream) {
    stream.close();
    listening.updateAndGet(now -> now.filter(other -> !other.equals(stream)));
  }

  void touch() {
    lastUsedNanos = System.nanoTime();
  }

  boolean idleSince(long nanos) {
    return inFlight.isEmpty() && listening.get().isEmpty() && lastUsedNanos - nanos < 0;
  }

  void close() {
    listening.getAndSet(Optional.empty()).ifPresent(EventStream::close);
    inFlight.values().forEach(InFlight::cancel);
    upstream.close();
  }

  private static String nameOf(String id) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has SHA-256
    }
  }
}
