package dev.tollbar.http;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;

/** A client of HTTP+SSE, by hand: its stream is open, and says event by event. */
final class OldClient implements AutoCloseable {
  private final HttpClient http;
  private final URI address;
  private final String token;
  private final HttpResponse<InputStream> stream;
  private final BufferedReader lines;

  private OldClient(HttpClient http, URI address, String token)
      throws IOException, InterruptedException {
    this.http = http;
    this.address = address;
    this.token = token;
    HttpRequest open =
        HttpRequest.newBuilder(address)
            .header("Authorization", "Bearer " + token)
            .header("Accept", "text/event-stream")
            .build();
    this.stream = http.send(open, BodyHandlers.ofInputStream());
    this.lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8));
  }

  /** Asks for the stream; see {@link #status()}. */
  static OldClient at(HttpClient http, URI address, String token)
      throws IOException, InterruptedException {
    return new OldClient(http, address, token);
  }

  int status() {
    return stream.statusCode();
  }

  HttpResponse<InputStream> head() {
    return stream;
  }

  /** The next event without comments: {@code message {…}}; {@code end} at the end. */
  String next() throws IOException {
    String event = "";
    String data = "";
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.startsWith("event: ")) {
        event = line.substring(7);
      } else if (line.startsWith("data: ")) {
        data = line.substring(6);
      } else if (line.isEmpty() && !data.isEmpty()) {
        return event + " " + data;
      }
    }
    return "end";
  }

  /** Where the first event says that messages are to be posted. */
  URI endpoint() throws IOException {
    String event = next();
    if (!event.startsWith("endpoint ")) {
      throw new IOException("the first event was " + event);
    }
    return address.resolve(event.substring(9));
  }

  HttpResponse<String> post(URI to, String body) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(to)
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  /** Leaves without a word. */
  @Override
  public void close() throws IOException {
    stream.body().close();
  }
}
