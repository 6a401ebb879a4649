package dev.tollbar.consent;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends one signed message, once. Follows no redirect. Safe for use by many threads. */
final class WebhookPost implements AutoCloseable {
  private static final int MAX_REPLY = 64 * 1024;

  /** What came back. */
  sealed interface Result {}

  record Replied(int status, byte[] body) implements Result {}

  /**
   * No reply.
   *
   * @param why in a few words for operators
   */
  record Failed(String why) implements Result {}

  private final InstantSource clock;
  private final HttpClient client;
  private final Duration longest;

  /**
   * Sends.
   *
   * @param longest from the connection to the end of the reply
   */
  WebhookPost(InstantSource clock, Executor threads, Duration longest) {
    this.clock = clock;
    this.longest = longest;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(longest)
            .executor(threads)
            .build();
  }

  Result send(WebhookTarget target, WebhookMessage message) throws InterruptedException {
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    HttpRequest request =
        HttpRequest.newBuilder(target.url())
            .timeout(longest)
            .header("content-type", "application/json")
            .header("webhook-id", message.id())
            .header("webhook-timestamp", timestamp)
            .header(
                "webhook-signature",
                WebhookSignature.sign(message.id(), timestamp, message.body(), target.secrets()))
            .POST(HttpRequest.BodyPublishers.ofByteArray(message.body()))
            .build();
    // The request's own timeout ends with the reply's headers; this one covers its body, too.
    CompletableFuture<HttpResponse<byte[]>> reply =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_REPLY));
    try {
      HttpResponse<byte[]> response = reply.get(longest.toMillis(), TimeUnit.MILLISECONDS);
      return new Replied(response.statusCode(), response.body());
    } catch (TimeoutException _) {
      return new Failed("no answer within " + Texts.inWords(longest));
    } catch (ExecutionException e) {
      return new Failed(Optional.ofNullable(e.getCause()).map(this::words).orElse("no answer"));
    } finally {
      reply.cancel(true);
    }
  }

  private String words(Throwable cause) {
    return switch (cause) {
      case java.net.http.HttpTimeoutException _ -> "no answer within " + Texts.inWords(longest);
      case java.net.ConnectException _ -> "no connection";
      case javax.net.ssl.SSLException tls -> "TLS: " + tls.getMessage();
      case java.io.IOException io when io.getMessage() != null -> io.getMessage();
      default -> cause.getClass().getSimpleName();
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
