package dev.tollbar.transport.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import dev.tollbar.api.MessageId;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What one session has on its way: its connections, and the requests of the server that wait for an
 * answer of the client. While there are such, the server is not silent: it waits, often for a
 * person, and no deadline of the session runs.
 */
final class InFlight {
  private static final int MOST_QUESTIONS = 1_000;
  private static final JsonFactory JSON =
      new JsonFactoryBuilder()
          // Buffers of each thread would stay with it, and a stream's thread waits for hours.
          .recyclerPool(JsonRecyclerPools.sharedConcurrentDequePool())
          .build();

  private final Duration idle;
  private final Lock lock = new ReentrantLock();
  private final Set<Connection> connections = new HashSet<>();
  private final Set<MessageId> questions = new HashSet<>();
  private boolean closed;

  /**
   * Begins empty.
   *
   * @param idle how long the server may be silent once the client has answered it
   */
  InFlight(Duration idle) {
    this.idle = idle;
  }

  void add(Connection connection) {
    locked(() -> {
      connections.add(connection);
      if (closed) {
        connection.close();
      }
    });
  }

  /** After this nothing here touches the connection, which may go on to another session. */
  void remove(Connection connection) {
    locked(() -> connections.remove(connection));
  }

  void closeAll() {
    locked(() -> {
      closed = true;
      connections.forEach(Connection::close);
    });
  }

  /** Bounds the waiting that follows. */
  void bound(Connection connection, Duration within) {
    locked(() -> {
      connection.arm(within);
      if (!questions.isEmpty()) {
        connection.pause();
      }
    });
  }

  private void locked(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** Looks whether a message of the server is a request. */
  void received(byte[] message) {
    requestId(message)
        .ifPresent(id ->
            locked(() -> {
              if (questions.size() < MOST_QUESTIONS) {
                questions.add(id);
                connections.forEach(Connection::pause);
              }
            }));
  }

  /** The client has answered a request of the server. */
  void answered(MessageId id) {
    locked(() -> {
      if (questions.remove(id) && questions.isEmpty()) {
        connections.forEach(connection -> connection.resume(idle));
      }
    });
  }

  /** The id of a message that has a method and an id. Anything else, not JSON too, has none. */
  static Optional<MessageId> requestId(byte[] message) {
    Optional<MessageId> id = Optional.empty();
    boolean method = false;
    try (JsonParser parser = JSON.createParser(message)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (name) {
          case "result", "error" -> {
            return Optional.empty();
          }
          case "method" -> method = true;
          case "id" -> {
            if (value == JsonToken.VALUE_STRING) {
              id = Optional.of(MessageId.text(parser.getText()));
            } else if (value == JsonToken.VALUE_NUMBER_INT) {
              id = Optional.of(new MessageId(parser.getBigIntegerValue().toString()));
            }
          }
          default -> {}
        }
        parser.skipChildren();
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return method ? id : Optional.empty();
  }
}
