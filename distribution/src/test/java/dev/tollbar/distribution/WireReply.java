package dev.tollbar.distribution;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** An answer and the events in it, each as it comes. An answer in JSON counts as one event. */
final class WireReply implements AutoCloseable {

  /**
   * An event of a stream.
   *
   * @param id its {@code id}; blank if it has none
   * @param retry its {@code retry}; blank if it has none
   * @param data its {@code data}; blank if it is empty
   */
  record Event(String id, String retry, String data) {
    private static final Event END = new Event("", "", "\0");

    JsonNode message() throws IOException {
      return Wire.JSON.readTree(data);
    }

    boolean isMessage() {
      return data.startsWith("{");
    }
  }

  private final HttpResponse<InputStream> response;
  private final Duration patience;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();

  WireReply(HttpResponse<InputStream> response, Duration patience) {
    this.response = response;
    this.patience = patience;
    Thread.ofVirtual().name("events").start(this::read);
  }

  int status() {
    return response.statusCode();
  }

  List<String> header(String name) {
    return response.headers().allValues(name);
  }

  boolean isStream() {
    return response.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream");
  }

  /** The next event; empty at the end. */
  Optional<Event> next() throws InterruptedException {
    Event event = events.poll(patience.toMillis(), TimeUnit.MILLISECONDS);
    if (event == null) {
      throw new AssertionError("no event came in time");
    }
    return event.equals(Event.END) ? Optional.empty() : Optional.of(event);
  }

  /** The next message, past events that have none. */
  JsonNode message() throws IOException, InterruptedException {
    Optional<Event> event = next();
    while (event.isPresent() && !event.get().isMessage()) {
      event = next();
    }
    return event
        .orElseThrow(() -> new AssertionError("the answer ended without the message"))
        .message();
  }

  /** The next message that is a response, past those of the server's own. */
  JsonNode response() throws IOException, InterruptedException {
    JsonNode message = message();
    while (message.has("method")) {
      message = message();
    }
    return message;
  }

  /** The next request of the server by that method, past whatever else it says by itself. */
  JsonNode question(String method) throws IOException, InterruptedException {
    JsonNode message = message();
    while (message.has("method") && !message.path("method").asText().equals(method)) {
      message = message();
    }
    if (!message.has("method")) {
      throw new AssertionError("answered without " + method + ": " + message);
    }
    return message;
  }

  /** Whether neither the response nor the end has come, whatever else the server says. */
  boolean isUnanswered() throws IOException {
    for (Event event : events) {
      if (event.equals(Event.END) || (event.isMessage() && !event.message().has("method"))) {
        return false;
      }
    }
    return true;
  }

  /** Whether there is more to come, and nothing has come that was not read. */
  boolean isWaiting() {
    return events.isEmpty();
  }

  private void read() {
    try (BufferedReader body =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      if (isStream()) {
        readEvents(body);
      } else {
        String text = body.readAllAsString();
        if (!text.isEmpty()) {
          events.add(new Event("", "", text));
        }
      }
    } catch (IOException e) {
      // Cut off, by this side or the other: it is the end.
    } finally {
      events.add(Event.END);
    }
  }

  private void readEvents(BufferedReader body) throws IOException {
    String id = "";
    String retry = "";
    String data = "";
    for (String line = body.readLine(); line != null; line = body.readLine()) {
      if (line.isEmpty()) {
        if (!(id + retry + data).isEmpty()) {
          events.add(new Event(id, retry, data));
        }
        id = "";
        retry = "";
        data = "";
      } else if (line.startsWith("id:")) {
        id = line.substring("id:".length()).strip();
      } else if (line.startsWith("retry:")) {
        retry = line.substring("retry:".length()).strip();
      } else if (line.startsWith("data:")) {
        data = line.substring("data:".length()).strip();
      }
    }
  }

  /** Leaves, whatever is still to come. */
  @Override
  public void close() throws IOException {
    response.body().close();
  }
}
