package dev.tollbar.pipeline;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** What a client sends, header by header: a good request, of which a test spoils one thing. */
record Knock(
    String server,
    Optional<String> host,
    Optional<String> origin,
    Optional<String> authorization,
    Optional<String> accept,
    Optional<String> contentType,
    Optional<String> session,
    Optional<String> revision,
    Optional<String> lastEventId,
    boolean fromLoopback) {

  static Knock as(String token) {
    return new Knock(
        "tickets",
        Optional.of("localhost:8080"),
        Optional.empty(),
        Optional.of("Bearer " + token),
        Optional.of("application/json, text/event-stream"),
        Optional.of("application/json"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true);
  }

  Knock in(String id) {
    return with(authorization, accept, contentType, Optional.of(id), revision);
  }

  Knock authorization(Optional<String> header) {
    return with(header, accept, contentType, session, revision);
  }

  Knock accept(Optional<String> header) {
    return with(authorization, header, contentType, session, revision);
  }

  Knock contentType(Optional<String> header) {
    return with(authorization, accept, header, session, revision);
  }

  Knock revision(String header) {
    return with(authorization, accept, contentType, session, Optional.of(header));
  }

  private Knock with(
      Optional<String> authorization,
      Optional<String> accept,
      Optional<String> contentType,
      Optional<String> session,
      Optional<String> revision) {
    return new Knock(
        server,
        host,
        origin,
        authorization,
        accept,
        contentType,
        session,
        revision,
        lastEventId,
        fromLoopback);
  }

  Knock lastEventId(String id) {
    return new Knock(
        server,
        host,
        origin,
        authorization,
        accept,
        contentType,
        session,
        revision,
        Optional.of(id),
        fromLoopback);
  }

  Knock host(Optional<String> header) {
    return new Knock(
        server,
        header,
        origin,
        authorization,
        accept,
        contentType,
        session,
        revision,
        lastEventId,
        fromLoopback);
  }

  Knock origin(String header) {
    return new Knock(
        server,
        host,
        Optional.of(header),
        authorization,
        accept,
        contentType,
        session,
        revision,
        lastEventId,
        fromLoopback);
  }

  Knock server(String name) {
    return new Knock(
        name,
        host,
        origin,
        authorization,
        accept,
        contentType,
        session,
        revision,
        lastEventId,
        fromLoopback);
  }

  Arrival with(String body, Instant time) {
    return with(body.getBytes(StandardCharsets.UTF_8), time);
  }

  Arrival with(byte[] body, Instant time) {
    return new Arrival(
        server,
        Arrival.Door.HTTP,
        new Arrival.Headers(
            host,
            origin,
            authorization,
            accept,
            contentType,
            session,
            revision,
            lastEventId,
            fromLoopback),
        body,
        time);
  }
}
