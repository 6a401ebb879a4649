package dev.tollbar.pipeline;

import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.identity.Grant;
import dev.tollbar.legacy.Session;
import dev.tollbar.protocol.Batch;
import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.Fault;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.ModernRequest;
import dev.tollbar.protocol.StrictParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts batches into their messages. Each of these goes through the whole line by itself: it has its
 * own decision, record and settlement, and no server ever sees a batch.
 */
final class Batches {
  private static final Logger LOG = LoggerFactory.getLogger(Batches.class);
  private static final int MOST_AT_ONCE = 8;

  private final Gateway gateway;
  private final AuthenticateStage authenticate;
  private final RouteStage route;
  private final RequestLine line;
  private final KeepAlive keepAlive;

  Batches(
      Gateway gateway,
      AuthenticateStage authenticate,
      RouteStage route,
      RequestLine line,
      KeepAlive keepAlive) {
    this.gateway = gateway;
    this.authenticate = authenticate;
    this.route = route;
    this.line = line;
    this.keepAlive = keepAlive;
  }

  /**
   * The messages of a batch. None if it is refused as a whole, of which the client has been told
   * then.
   */
  List<Item> split(Arrival arrival, LiveRevision revision, ClientReply client) throws IOException {
    Refusal refusal;
    try {
      checkServed(arrival, revision);
      List<Item> items = new ArrayList<>();
      for (byte[] message : Batch.messages(arrival.body())) {
        items.add(item(arrival.with(message)));
      }
      return items;
    } catch (MalformedMessageException e) {
      refusal = Refusal.malformed(e);
    } catch (Refusal e) {
      refusal = e;
    } catch (StoreUnavailableException e) {
      LOG.warn("{}", e.getMessage());
      refusal = Refusal.grantsOutOfReach();
    }
    line.refuse(arrival, revision, refusal, Optional.empty(), client);
    return List.of();
  }

  /** Only sessions of revisions that have batches may send them. */
  private void checkServed(Arrival arrival, LiveRevision revision)
      throws Refusal, MalformedMessageException {
    authenticate.checkOrigin(arrival);
    ParseStage.checkMedia(arrival);
    if (arrival.headers().session().isPresent()) {
      Grant grant = authenticate.grant(arrival, revision);
      Session session = route.session(arrival, grant.name(), RouteStage.server(arrival, revision));
      if (session.revision().hasBatches()) {
        return;
      }
    }
    throw new MalformedMessageException(Fault.BATCH, Optional.empty());
  }

  private Item item(Arrival arrival) {
    Optional<Message> alone = standsAlone(arrival);
    return alone.isEmpty()
        ? Item.of(arrival, gateway, client -> gateway.take(arrival, client))
        : Item.of(arrival, gateway, client -> gateway.refuse(arrival, inBatch(), alone, client));
  }

  /**
   * What belongs to no session has no place in a batch, which belongs to one: {@code initialize}
   * (MCP 2025-03-26, basic/lifecycle), and requests of revisions without sessions.
   */
  private static Optional<Message> standsAlone(Arrival arrival) {
    try {
      Message message = StrictParser.parse(arrival.body());
      boolean alone =
          message.method().equals("initialize")
              || ModernRequest.isClaimedBy(message, arrival.headers().protocolRevision());
      return Optional.of(message).filter(_ -> alone);
    } catch (MalformedMessageException e) {
      return Optional.empty(); // which the line says better
    }
  }

  private static Refusal inBatch() {
    return new Refusal(
        400,
        ErrorCode.INVALID_REQUEST,
        "alone_in_batch",
        "A request that belongs to no session must not be part of a batch.");
  }

  /** Takes a batch that came as one HTTP request; the answers go back as they are there. */
  void post(Arrival arrival, LiveRevision revision, ClientReply client) throws IOException {
    List<Item> items = split(arrival, revision, client);
    if (items.isEmpty()) {
      return;
    }
    if (items.stream().noneMatch(Item::wantsAnswer)) {
      items.forEach(item -> ChannelReply.to(item, _ -> {}, _ -> {}).answer(item));
      client.accepted();
      return;
    }
    ClientStream stream = ClientStream.to(client);
    try (KeepAlive.Kept _ = keepAlive.keep(stream, () -> {})) {
      answer(items, stream);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    stream.close();
  }

  /** Requests side by side, the rest in its order. */
  private static void answer(List<Item> items, ClientStream stream) throws InterruptedException {
    Semaphore room = new Semaphore(MOST_AT_ONCE);
    List<Thread> workers = new ArrayList<>();
    try {
      for (Item item : items) {
        ChannelReply reply = ChannelReply.to(item, stream::message, _ -> {});
        if (!item.isRequest()) {
          reply.answer(item);
          continue;
        }
        room.acquire();
        workers.add(
            Thread.ofVirtual()
                .start(() -> {
                  reply.answer(item);
                  room.release();
                }));
      }
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      workers.forEach(Thread::interrupt);
      throw e;
    }
  }
}
