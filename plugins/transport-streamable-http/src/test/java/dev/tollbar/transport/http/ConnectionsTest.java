package dev.tollbar.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

  @Test
  void tenThousandCallsOfSixteenThreadsNeedNoMoreThanSixteenConnections() throws Exception {
    Set<Integer> clientPorts = ConcurrentHashMap.newKeySet();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    ExecutorService serving = Executors.newVirtualThreadPerTaskExecutor();
    server.setExecutor(serving);
    server.createContext(
        "/mcp",
        exchange -> {
          clientPorts.add(exchange.getRemoteAddress().getPort());
          byte[] body = exchange.getRequestBody().readAllBytes();
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/mcp";
    try (StreamableHttpTransport transport = Fixture.transport(Fixture.config(url), Fixture.LONG);
        UpstreamSession session = transport.connect();
        ExecutorService calling = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        callers.add(calling.submit(() -> call(session, 625)));
      }
      int answered = 0;
      for (Future<Integer> caller : callers) {
        answered += caller.get();
      }
      assertThat(answered).isEqualTo(10_000);
      assertThat(clientPorts).hasSizeBetween(1, 16);
    } finally {
      server.stop(0);
      serving.close();
    }
  }

  private static int call(UpstreamSession session, int times) throws Exception {
    int answered = 0;
    for (int i = 0; i < times; i++) {
      try (UpstreamReply.Single reply = (UpstreamReply.Single) session.send(Fixture.call(i))) {
        if (java.util.Arrays.equals(reply.body().readAllBytes(), Fixture.call(i).bytes())) {
          answered++;
        }
      }
    }
    return answered;
  }

  @Test
  void opensANewConnectionInPlaceOfOneThatTheServerHasClosed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(Fixture.json("{}"));
              if (peer.number() == 1) {
                peer.socket().close();
                closed.countDown();
              }
              peer.request();
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.readAll(session.send(Fixture.call(1)));
      closed.await();
      StreamableHttpSessionTest.readAll(session.send(Fixture.call(2)));
      assertThat(server.connections).hasValue(2);
      assertThat(server.requests).hasSize(2);
      assertThat(transport.connectionCount()).isOne();
    }
  }

  /** Else a call may be written just when a server closes that keeps them for five seconds. */
  @Test
  void leavesAConnectionBeforeAServerDoesThatDoesNotSayHowLongItKeepsThem() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(Fixture.json("{}"));
              if (peer.socket().getInputStream().read() == -1) {
                left.countDown();
              }
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.readAll(session.send(Fixture.call(1)));
      assertThat(left.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(transport.connectionCount()).isZero();
    }
  }

  @Test
  void neverSendsAgainWhatTheServerMayHaveActedOn() throws Exception {
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say(Fixture.json("{}"));
              peer.request();
            });
        StreamableHttpTransport transport = Fixture.transport(server);
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.readAll(session.send(Fixture.call(1)));
      StreamableHttpSessionTest.assertFails(
          () -> session.send(Fixture.call(2)), Reason.BROKEN, true);
      assertThat(server.connections).hasValue(1);
      assertThat(server.requests).hasSize(2);
    }
  }

  @Test
  void callsAndStreamsHaveConnectionsOfTheirOwnAndSaySoWhenTheyAreInUse() throws Exception {
    try (RawServer server =
            new RawServer(peer -> {
              peer.request();
              peer.say("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
              peer.request();
            });
        StreamableHttpTransport transport =
            Fixture.transport(
                new StreamableHttpConfig(
                    server.url(),
                    Map.of(),
                    java.time.Duration.ofMillis(50),
                    Optional.empty(),
                    Optional.empty(),
                    1,
                    1,
                    4_096,
                    1_024),
                Fixture.LONG);
        UpstreamSession session = transport.connect()) {
      session.send(Fixture.call(1));
      SseSessionTest.assertFails(
          () -> session.send(Fixture.call(2)),
          Reason.EXHAUSTED,
          false,
          0,
          "all 1 connections are in use (transport option max_connections)");
      session.listen(Optional.empty());
      SseSessionTest.assertFails(
          () -> session.listen(Optional.of("7")),
          Reason.EXHAUSTED,
          false,
          0,
          "all 1 connections are in use (transport option max_streams)");
    }
  }

  @Test
  void aClosedTransportHasNoConnections() throws Exception {
    try (RawServer server = RawServer.saying(Fixture.json("{}"))) {
      StreamableHttpTransport transport = Fixture.transport(server);
      UpstreamSession session = transport.connect();
      StreamableHttpSessionTest.readAll(session.send(Fixture.call(1)));
      transport.close();
      assertThat(transport.connectionCount()).isZero();
      assertThat(session.alive()).isFalse();
    }
  }
}
