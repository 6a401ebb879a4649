package dev.tollbar.pipeline;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.legacy.ServerMessage;
import java.io.IOException;
import java.util.Optional;

/**
 * One message of what a client sent, which may be a batch.
 *
 * @param envelope empty if it cannot be read
 */
record Item(Optional<ServerMessage> envelope, Arrival arrival, Gateway gateway, Posting posting) {

  /** The way of the message through the gateway. */
  @FunctionalInterface
  interface Posting {
    void post(ClientReply client) throws IOException;
  }

  static Item of(Arrival arrival, Gateway gateway, Posting posting) {
    return new Item(ServerMessage.read(arrival.body()), arrival, gateway, posting);
  }

  /** Goes on where the stream of its answer was lost. */
  void resume(String lastEvent, ClientReply client) throws IOException {
    gateway.resume(arrival.after(lastEvent), client);
  }

  /** Waits for its answer no longer. False if that has come on another stream. */
  boolean giveUp() {
    return id().map(it -> gateway.giveUp(arrival, it)).orElse(false);
  }

  boolean isRequest() {
    return envelope.map(it -> it.kind() == Kind.REQUEST).orElse(false);
  }

  /** Whether everything that follows waits for its answer. */
  boolean isHandshake() {
    return isRequest() && envelope.map(it -> it.method().equals("initialize")).orElse(false);
  }

  /** Whether there is somebody to tell what is wrong: not for notifications and responses. */
  boolean wantsAnswer() {
    return envelope.isEmpty() || isRequest();
  }

  Optional<MessageId> id() {
    return isRequest() ? envelope.flatMap(ServerMessage::id) : Optional.empty();
  }
}
