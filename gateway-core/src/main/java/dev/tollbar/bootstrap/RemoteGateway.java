package dev.tollbar.bootstrap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * A running gateway, by its admin API. What goes wrong is said in words for the user of a command.
 */
final class RemoteGateway {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration TO_CONNECT = Duration.ofSeconds(10);
  private static final String LARGEST_PAGE = "500";
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final URI base;
  private final String token;
  private final HttpClient http;

  private RemoteGateway(URI base, String token, HttpClient http) {
    this.base = base;
    this.token = token;
    this.http = http;
  }

  /**
   * The gateway there; nothing is sent yet.
   *
   * @param authorities certificates to trust; empty for those that Java trusts
   */
  static RemoteGateway at(URI base, String token, Optional<Path> authorities)
      throws CommandException {
    HttpClient.Builder http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(TO_CONNECT);
    if (authorities.isPresent()) {
      http.sslContext(trusting(authorities.get()));
    }
    return new RemoteGateway(base, token, http.build());
  }

  private static SSLContext trusting(Path file) throws CommandException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null, null);
      int number = 0;
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509").generateCertificates(in)) {
        trusted.setCertificateEntry(Integer.toString(++number), certificate);
      }
      if (number == 0) {
        throw new CertificateException("none");
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw CommandException.badInput(
          "tollbar: --ca: expected a file with certificates in PEM form; found "
              + (Files.isReadable(file) ? "something else in " + file : "no file " + file)
              + ".");
    }
  }

  /** Its address, for messages. */
  URI address() {
    return base;
  }

  /** What there is at a path below {@code /api/v1}. */
  JsonNode get(String path, Map<String, String> query)
      throws CommandException, InterruptedException {
    String parameters =
        query.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(it -> it.getKey() + "=" + segment(it.getValue()))
            .collect(Collectors.joining("&"));
    return answer(
        request(parameters.isEmpty() ? path : path + "?" + parameters).GET().timeout(PATIENCE));
  }

  /** Has something done. */
  JsonNode post(String path, ObjectNode body) throws CommandException, InterruptedException {
    return answer(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .timeout(PATIENCE));
  }

  /** The items of all pages. */
  List<JsonNode> all(String path, Map<String, String> query)
      throws CommandException, InterruptedException {
    List<JsonNode> items = new ArrayList<>();
    each(path, query, items::add);
    return items;
  }

  /**
   * The items of one page after the other.
   *
   * @param taker says whether it wants more
   */
  void each(String path, Map<String, String> query, Predicate<JsonNode> taker)
      throws CommandException, InterruptedException {
    Optional<String> cursor = Optional.empty();
    do {
      JsonNode page = page(path, query, cursor);
      for (JsonNode item : page.path("items")) {
        if (!taker.test(item)) {
          return;
        }
      }
      cursor = next(page);
    } while (cursor.isPresent());
  }

  /**
   * One page, as large as they can be.
   *
   * @param cursor what the page before it says is next; empty for the first one
   */
  JsonNode page(String path, Map<String, String> query, Optional<String> cursor)
      throws CommandException, InterruptedException {
    Map<String, String> parameters = new HashMap<>(query);
    parameters.put("limit", LARGEST_PAGE);
    cursor.ifPresent(it -> parameters.put("cursor", it));
    return get(path, parameters);
  }

  /** The cursor of the page after one; empty if that is the last. */
  static Optional<String> next(JsonNode page) {
    return page.has("next") ? Optional.of(page.path("next").asText()) : Optional.empty();
  }

  /** The lines of the stream of events, to be closed. */
  InputStream events() throws CommandException, InterruptedException {
    HttpResponse<InputStream> response =
        send(request("/events").GET().timeout(PATIENCE), BodyHandlers.ofInputStream());
    if (response.statusCode() == 200) {
      return response.body();
    }
    try (InputStream body = response.body()) {
      throw refused(response.statusCode(), read(body.readAllBytes()));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  static JsonNode read(byte[] bytes) {
    try {
      return Optional.ofNullable(JSON.readTree(bytes)).orElse(JSON.missingNode());
    } catch (JsonProcessingException e) {
      return JSON.missingNode();
    } catch (IOException e) {
      throw new IllegalStateException("read from memory", e);
    }
  }

  /** A time of an item; empty if it has none. */
  static Optional<Instant> time(JsonNode item, String member) {
    return item.has(member)
        ? Optional.of(Instant.parse(item.path(member).asText()))
        : Optional.empty();
  }

  /** A part of a path, or a value of a query. */
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String pathAndQuery) {
    return HttpRequest.newBuilder(URI.create(base + "/api/v1" + pathAndQuery))
        .header("Accept", "application/json, text/event-stream")
        .header("Authorization", "Bearer " + token);
  }

  private JsonNode answer(HttpRequest.Builder request)
      throws CommandException, InterruptedException {
    HttpResponse<byte[]> response = send(request, BodyHandlers.ofByteArray());
    JsonNode json = read(response.body());
    if (response.statusCode() == 200 && json.isObject()) {
      return json;
    }
    throw refused(response.statusCode(), json);
  }

  private <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> body)
      throws CommandException, InterruptedException {
    try {
      return http.send(request.build(), body);
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private CommandException refused(int status, JsonNode problem) {
    String detail = problem.path("detail").asText();
    if (!problem.has("code") || detail.isEmpty()) {
      return CommandException.failed(
          "tollbar: " + base + " is no admin port of Tollbar: it answered " + status + ".");
    }
    String text =
        "tollbar: "
            + Character.toLowerCase(detail.charAt(0))
            + detail.substring(1)
            + (status == 401 || status == 403 ? " At " + base + "." : "");
    return status == 429 || status >= 500
        ? CommandException.failed(text)
        : CommandException.badInput(text);
  }

  private CommandException unreachable(IOException e) {
    String why =
        switch (e) {
          case HttpConnectTimeoutException _ -> "no connection within 10 s";
          case HttpTimeoutException _ -> "no answer within 30 s";
          case ConnectException refused when isUnknownHost(refused) -> "its host is not known";
          case ConnectException _ -> "no connection";
          case SSLException tls when isUntrusted(tls) ->
              "its certificate is not trusted; name who has signed it with --ca";
          case SSLException _ -> "no TLS, or another version of it";
          default -> "no HTTP";
        };
    return CommandException.failed("tollbar: no gateway answers at " + base + ": " + why + ".");
  }

  private static boolean isUnknownHost(Throwable e) {
    return e instanceof UnresolvedAddressException
        || (e.getCause() != null && isUnknownHost(e.getCause()));
  }

  private static boolean isUntrusted(Throwable e) {
    return e instanceof CertificateException || (e.getCause() != null && isUntrusted(e.getCause()));
  }
}
