package dev.tollbar.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tollbar.api.UpstreamException.Reason;
import dev.tollbar.api.UpstreamReply;
import dev.tollbar.api.UpstreamSession;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();

  @Test
  void callsOverTlsReuseOneConnection(@TempDir Path folder) throws Exception {
    SSLContext tls = tls(folder, "ip:127.0.0.1");
    try (RawServer server = new RawServer(listener(tls), TlsTest::answer);
        StreamableHttpTransport transport = transport(server, tls.getSocketFactory());
        UpstreamSession session = transport.connect()) {
      for (int i = 0; i < 3; i++) {
        try (UpstreamReply.Single reply = (UpstreamReply.Single) session.send(Fixture.call(i))) {
          assertThat(reply.body()).hasContent("{}");
        }
      }
      assertThat(server.connections).hasValue(1);
    }
  }

  @Test
  void refusesACertificateThatIsForAnotherHost(@TempDir Path folder) throws Exception {
    SSLContext tls = tls(folder, "dns:elsewhere.example");
    try (RawServer server = new RawServer(listener(tls), TlsTest::answer);
        StreamableHttpTransport transport = transport(server, tls.getSocketFactory());
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.assertFails(
          () -> session.send(Fixture.call(1)), Reason.UNREACHABLE, false);
      assertThat(transport.health().detail()).contains("TLS: ").contains("127.0.0.1");
      assertThat(server.requests).isEmpty();
    }
  }

  @Test
  void refusesACertificateThatNobodyVouchesFor(@TempDir Path folder) throws Exception {
    SSLContext tls = tls(folder, "ip:127.0.0.1");
    try (RawServer server = new RawServer(listener(tls), TlsTest::answer);
        StreamableHttpTransport transport =
            transport(server, (SSLSocketFactory) SSLSocketFactory.getDefault());
        UpstreamSession session = transport.connect()) {
      StreamableHttpSessionTest.assertFails(
          () -> session.send(Fixture.call(1)), Reason.UNREACHABLE, false);
      assertThat(transport.connectionCount()).isZero();
    }
  }

  private static void answer(RawServer.Peer peer) throws Exception {
    while (peer.request().isPresent()) {
      peer.say(Fixture.json("{}"));
    }
  }

  private static StreamableHttpTransport transport(RawServer server, SSLSocketFactory trusting) {
    return new StreamableHttpTransport(
        Fixture.config("https://127.0.0.1:" + server.port() + "/mcp"),
        Fixture.context(Fixture.LONG),
        () -> trusting);
  }

  private static ServerSocket listener(SSLContext tls) throws Exception {
    return tls.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  /** A context that shows a new certificate and trusts it. */
  private static SSLContext tls(Path folder, String name) throws Exception {
    Path file = folder.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=test",
                "-ext",
                "san=" + name,
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD))
            .redirectErrorStream(true)
            .start();
    String said =
        new String(
            keytool.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(said).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD);
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, PASSWORD);
    trusted.setCertificateEntry("server", keys.getCertificate("server"));
    KeyManagerFactory showing = KeyManagerFactory.getInstance("PKIX");
    showing.init(keys, PASSWORD);
    TrustManagerFactory trusting = TrustManagerFactory.getInstance("PKIX");
    trusting.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(showing.getKeyManagers(), trusting.getTrustManagers(), null);
    return context;
  }
}
