package dev.tollbar.distribution;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * HTTP for {@link WireCheck}: an answer is there as soon as its head is, and its events one by one.
 * What does not come in time is an assertion that failed.
 */
final class WireClient implements AutoCloseable {
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;
  private final Duration patience;

  /**
   * A client of one endpoint.
   *
   * @param patience how long to wait for what must come
   */
  WireClient(String url, Duration patience) {
    this.url = URI.create(url);
    this.patience = patience;
  }

  Duration patience() {
    return patience;
  }

  WireReply post(String message, Map<String, String> headers)
      throws IOException, InterruptedException {
    return send(
        request(headers)
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(BodyPublishers.ofString(message)));
  }

  WireReply get(Map<String, String> headers) throws IOException, InterruptedException {
    return send(request(headers).header("Accept", "text/event-stream").GET());
  }

  WireReply delete(Map<String, String> headers) throws IOException, InterruptedException {
    return send(request(headers).DELETE());
  }

  private HttpRequest.Builder request(Map<String, String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url);
    headers.forEach(request::header);
    return request;
  }

  private WireReply send(HttpRequest.Builder request) throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<InputStream>> answer =
        http.sendAsync(request.build(), BodyHandlers.ofInputStream());
    try {
      return new WireReply(answer.get(patience.toMillis(), TimeUnit.MILLISECONDS), patience);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer came in time", e);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
