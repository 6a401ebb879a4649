package dev.tollbar.aggregate;

import dev.tollbar.pipeline.Arrival;
import dev.tollbar.protocol.Listing;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * One client's session on all servers of its grant: a session on each of them, and what was learned
 * of whose things are whose. Bound to the grant that it was opened with. Safe for use by many
 * threads.
 */
final class JointSession {
  private static final int MOST_SUBSCRIPTIONS = 1_000;

  private final String id;
  private final String grant;
  private final Revision revision;
  private final Message initialize;
  private final ConcurrentSkipListMap<String, Member> members = new ConcurrentSkipListMap<>();
  private final Tables tables;
  private final Owners clientTasks = new Owners();
  private final LatePages latePages = new LatePages();
  private final Requests requests = new Requests();
  private final Outlet outlet;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Map<Owned, byte[]> subscriptions = new ConcurrentHashMap<>();
  private volatile Arrival last;
  private volatile long lastUsedNanos = System.nanoTime();
  private volatile boolean answered;
  private volatile boolean initialized;
  private volatile Optional<byte[]> level = Optional.empty();

  /**
   * A session that has no servers yet.
   *
   * @param initialize what the client began it with; each server is sent the same
   * @param first how it arrived
   */
  JointSession(
      String id,
      String grant,
      Revision revision,
      Message initialize,
      Arrival first,
      Settings settings) {
    this(id, grant, revision, initialize, first, settings, new Tables());
  }

  private JointSession(
      String id,
      String grant,
      Revision revision,
      Message initialize,
      Arrival first,
      Settings settings,
      Tables tables) {
    this.tables = tables;
    this.id = id;
    this.grant = grant;
    this.revision = revision;
    this.initialize = initialize;
    this.last = withoutBody(first);
    this.outlet = new Outlet(settings.keepAlive());
  }

  /**
   * What stands for a session during one request of a revision without sessions: every server is
   * there.
   *
   * @param tables of the grant
   */
  static JointSession forOne(
      Message request,
      String grant,
      Revision revision,
      Arrival arrival,
      Settings settings,
      Tables tables,
      Collection<String> servers) {
    JointSession alone = new JointSession("", grant, revision, request, arrival, settings, tables);
    alone.reach(servers);
    alone.members().forEach(member -> member.joined(Joined.alone(revision)));
    return alone;
  }

  /** The secret that the client shows. */
  String id() {
    return id;
  }

  String grant() {
    return grant;
  }

  /** What client and gateway agreed on; a server may speak an older one. */
  Revision revision() {
    return revision;
  }

  Message initialize() {
    return initialize;
  }

  Names names() {
    return tables.names();
  }

  Uris uris() {
    return tables.uris();
  }

  /** Of servers, which the client asks after. */
  Owners tasks() {
    return tables.tasks();
  }

  /** Of the client, by the server that asked for them. */
  Owners clientTasks() {
    return clientTasks;
  }

  LatePages latePages() {
    return latePages;
  }

  /** Whether it is worth while to read a list for what it tells. */
  boolean mayLearn(Listing listing) {
    return tables.mayLearn(listing);
  }

  /** There is a server whose lists are not known. */
  void unlearned() {
    tables.unlearned();
  }

  Requests requests() {
    return requests;
  }

  Outlet outlet() {
    return outlet;
  }

  /** In the order of their names, which is that of lists. */
  Collection<Member> members() {
    return members.values();
  }

  Optional<Member> member(String server) {
    return Optional.ofNullable(members.get(server));
  }

  /** Takes the grant's servers as they are now. Gives the members that are no more. */
  List<Member> reach(Collection<String> servers) {
    for (String server : servers) {
      members.computeIfAbsent(server, Member::new);
    }
    List<Member> gone = new ArrayList<>();
    for (Member member : members.values()) {
      if (!servers.contains(member.server()) && members.remove(member.server(), member)) {
        gone.add(member);
      }
    }
    return gone;
  }

  /** Which members are missing, and why; for clients. */
  Map<String, String> degraded() {
    Map<String, String> degraded = new ConcurrentSkipListMap<>();
    for (Member member : members.values()) {
      if (member.joined().isEmpty()) {
        degraded.put(member.server(), member.reason());
      }
    }
    return degraded;
  }

  /** The latest message, whose credentials are those of what the gateway does by itself. */
  Arrival last() {
    return last;
  }

  void used(Arrival arrival) {
    last = withoutBody(arrival);
    lastUsedNanos = System.nanoTime();
  }

  /** What is kept for the length of a session is to be small. */
  private static Arrival withoutBody(Arrival arrival) {
    return new Arrival(
        arrival.server(), arrival.door(), arrival.headers(), new byte[0], arrival.time());
  }

  boolean idleSince(long nanos) {
    return requests.isEmpty() && !outlet.isOpen() && lastUsedNanos - nanos < 0;
  }

  /** The client knows what there is; who joins now is late, and announced. */
  void answered() {
    answered = true;
  }

  boolean isAnswered() {
    return answered;
  }

  void initialized() {
    initialized = true;
  }

  boolean isInitialized() {
    return initialized;
  }

  /** The level of logging that the client wants, as it said so. */
  Optional<byte[]> level() {
    return level;
  }

  void level(byte[] setLevel) {
    level = Optional.of(setLevel);
  }

  /**
   * What the client subscribed to, and the messages that did it: a new session needs them again.
   */
  Map<Owned, byte[]> subscriptions() {
    return subscriptions;
  }

  void subscribed(Owned resource, byte[] subscribe) {
    if (subscriptions.size() < MOST_SUBSCRIPTIONS) {
      subscriptions.put(resource, subscribe);
    }
  }

  void unsubscribed(Owned resource) {
    subscriptions.remove(resource);
  }

  void end() {
    ended.countDown();
    outlet.end();
  }

  boolean ended() {
    return ended.getCount() == 0;
  }

  /** Waits so long, or until the session ends: then true. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    return ended.await(nanos, TimeUnit.NANOSECONDS);
  }
}
