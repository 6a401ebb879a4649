package dev.tollbar.consent;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.state.Approval;
import dev.tollbar.state.Approvals;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivers questions to webhooks, again and again with growing pauses until the receiver has taken
 * it or the question is over. Whatever goes wrong leaves the question open; nothing but a
 * well-formed answer approves. Deliveries go on after the call that asked has gone. Safe for use by
 * many threads.
 */
public final class WebhookSender implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
  private static final Duration ATTEMPT = Duration.ofSeconds(10);
  private static final int MAX_REPLY = 64 * 1024;
  private static final int MAX_IN_FLIGHT = 16;
  private static final List<Duration> PAUSES =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(5),
          Duration.ofSeconds(25),
          Duration.ofSeconds(125));

  /** What one attempt came to. */
  private enum Delivery {
    DONE,
    AGAIN
  }

  private final Approvals approvals;
  private final Answers answers;
  private final Optional<URI> base;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final List<Duration> pauses;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;
  private final Set<String> underway = ConcurrentHashMap.newKeySet();
  private final Map<String, Semaphore> places = new ConcurrentHashMap<>();

  /**
   * A sender without deliveries.
   *
   * @param base where people and receivers reach this gateway to decide: the start of the links in
   *     the question; empty: no links
   */
  public WebhookSender(
      Approvals approvals,
      Answers answers,
      Optional<URI> base,
      InstantSource clock,
      RandomGenerator random) {
    this(approvals, answers, base, clock, random, PAUSES);
  }

  WebhookSender(
      Approvals approvals,
      Answers answers,
      Optional<URI> base,
      InstantSource clock,
      RandomGenerator random,
      List<Duration> pauses) {
    this.approvals = approvals;
    this.answers = answers;
    this.base = base;
    this.clock = clock;
    this.random = random;
    this.pauses = pauses;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(ATTEMPT)
            .executor(threads)
            .build();
  }

  /** Starts to deliver a stored question, unless that is underway. Returns at once. */
  public void deliver(WebhookTarget target, Approval approval) {
    if (!underway.add(approval.id())) {
      return;
    }
    try {
      threads.execute(() -> run(target, approval));
    } catch (RejectedExecutionException _) {
      underway.remove(approval.id()); // closed: the next process takes it up
    }
  }

  private void run(WebhookTarget target, Approval approval) {
    try {
      byte[] body = body(approval);
      int attempt = 0;
      while (isOpen(approval) && attempt(target, approval, body) == Delivery.AGAIN) {
        Thread.sleep(pause(attempt++));
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      underway.remove(approval.id());
    }
  }

  private Duration pause(int attempt) {
    Duration pause = pauses.get(Math.min(attempt, pauses.size() - 1));
    return pause.plusMillis(random.nextLong(pause.toMillis() / 2 + 1));
  }

  private boolean isOpen(Approval approval) {
    try {
      return approvals
          .find(approval.id())
          .filter(now -> now.status(clock.instant()) == Approval.Status.PENDING)
          .isPresent();
    } catch (StoreUnavailableException _) {
      return clock.instant().isBefore(approval.expires());
    }
  }

  private Delivery attempt(WebhookTarget target, Approval approval, byte[] body)
      throws InterruptedException {
    Semaphore place = places.computeIfAbsent(target.name(), _ -> new Semaphore(MAX_IN_FLIGHT));
    place.acquire();
    try {
      return read(target, approval, post(target, approval, body));
    } catch (TimeoutException _) {
      return failed(target, approval, "no answer within " + ATTEMPT.toSeconds() + " s");
    } catch (ExecutionException e) {
      return failed(target, approval, String.valueOf(e.getCause()));
    } catch (StoreUnavailableException e) {
      return failed(target, approval, "the answer could not be stored");
    } finally {
      place.release();
    }
  }

  private static Delivery failed(WebhookTarget target, Approval approval, String why) {
    LOG.warn(
        "webhook {} gave no usable answer for approval {}: {}", target.name(), approval.id(), why);
    return Delivery.AGAIN;
  }

  private HttpResponse<byte[]> post(WebhookTarget target, Approval approval, byte[] body)
      throws InterruptedException, ExecutionException, TimeoutException {
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    HttpRequest request =
        HttpRequest.newBuilder(target.url())
            .timeout(ATTEMPT)
            .header("content-type", "application/json")
            .header("webhook-id", approval.id())
            .header("webhook-timestamp", timestamp)
            .header(
                "webhook-signature",
                WebhookSignature.sign(approval.id(), timestamp, body, target.secrets()))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    // The request's own timeout ends with the reply's headers; this one covers its body, too.
    CompletableFuture<HttpResponse<byte[]>> reply =
        client.sendAsync(
            request,
            HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), MAX_REPLY));
    try {
      return reply.get(ATTEMPT.toMillis(), TimeUnit.MILLISECONDS);
    } finally {
      reply.cancel(true);
    }
  }

  private Delivery read(WebhookTarget target, Approval approval, HttpResponse<byte[]> reply) {
    return switch (reply.statusCode()) {
      case 202, 204 -> Delivery.DONE;
      case 200 -> {
        try {
          DecisionMessage message = DecisionMessage.parse(reply.body());
          if (!message.id().orElse(approval.id()).equals(approval.id())) {
            yield failed(target, approval, "the answer is for another approval");
          }
          answers.record(approval.id(), message.answer(target.name(), clock.instant()));
          yield Delivery.DONE;
        } catch (DecisionMessage.MalformedException e) {
          yield failed(target, approval, String.valueOf(e.getMessage()));
        }
      }
      default -> failed(target, approval, "status " + reply.statusCode());
    };
  }

  private byte[] body(Approval approval) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator g = new JsonFactory().createGenerator(body)) {
      g.writeStartObject();
      g.writeStringField("type", "approval.requested");
      g.writeStringField("id", approval.id());
      g.writeStringField("grant", approval.grant());
      g.writeStringField("server", approval.server());
      g.writeStringField("tool", approval.tool());
      g.writeFieldName("arguments");
      g.writeRawValue(approval.arguments()); // canonical JSON, exact
      g.writeStringField("reason", approval.reason());
      g.writeStringField("rule", approval.rule());
      g.writeStringField("expires", approval.expires().toString());
      if (base.isPresent()) {
        String start = base.get().toString().replaceFirst("/+$", "");
        g.writeObjectFieldStart("decide");
        g.writeStringField("approve", start + "/approvals/" + approval.id() + "/approve");
        g.writeStringField("deny", start + "/approvals/" + approval.id() + "/deny");
        g.writeStringField("callback", start + "/callbacks/approvals/" + approval.id());
        g.writeEndObject();
      }
      g.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory failed", e);
    }
    return body.toByteArray();
  }

  /** Ends all deliveries; questions stay open. */
  @Override
  public void close() {
    threads.shutdownNow();
    client.shutdownNow();
  }
}
