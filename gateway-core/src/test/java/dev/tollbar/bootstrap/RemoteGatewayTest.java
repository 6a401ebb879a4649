package dev.tollbar.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Commands that go to a running gateway, and what they say when they do not get there. */
class RemoteGatewayTest {
  private static final String TOKEN = "tba_0123abcd_" + "A".repeat(43);
  private static final String ME = "{\"name\":\"ann\",\"role\":\"approver\",\"may\":[]}";

  @TempDir Path work;
  private Path token;
  private HttpServer server;
  private String url;

  private record Said(int exitCode, String out, String err) {}

  @BeforeEach
  void start() throws IOException {
    token = Files.writeString(work.resolve("token"), TOKEN + "\n");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    url = "http://127.0.0.1:" + server.getAddress().getPort();
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private static Said run(String... words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine line = Main.program();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    int exitCode = Main.run(line, words);
    return new Said(exitCode, out.toString(), err.toString());
  }

  private Said approvals(String address, String... more) {
    return run(
        Stream.concat(
                Stream.of(
                    "approvals", "list", "--admin", address, "--token-file", token.toString()),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  private void answer(HttpServer to, String path, int status, String json) {
    to.createContext(
        path,
        exchange -> {
          boolean known =
              ("Bearer " + TOKEN).equals(exchange.getRequestHeaders().getFirst("Authorization"));
          byte[] body = json.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(known ? status : 500, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private static String problem(int status, String code, String detail) {
    return "{\"type\":\"urn:tollbar:problem:%s\",\"title\":\"-\",\"status\":%d,\"detail\":\"%s\",\"code\":\"%s\"}"
        .formatted(code, status, detail, code);
  }

  @Test
  void listsWhatTheGatewayHasPageByPage() {
    answer(server, "/api/v1/me", 200, ME);
    server.createContext(
        "/api/v1/approvals",
        exchange -> {
          boolean second = exchange.getRequestURI().getQuery().contains("cursor=ap_1");
          String id = second ? "ap_2" : "ap_1";
          byte[] body =
              ("{\"items\":[{\"id\":\""
                      + id
                      + "\",\"status\":\"pending\",\"grant\":\"g\",\"server\":\"s\",\"tool\":\"t\\u202e\",\"expires\":\"2026-11-26T10:00:00Z\"}]"
                      + (second ? "}" : ",\"next\":\"ap_1\"}"))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });

    assertThat(approvals(url))
        .isEqualTo(
            new Said(
                0,
                """
                ap_1  pending    g  s  t\\u202e  until 2026-11-26T10:00:00Z
                ap_2  pending    g  s  t\\u202e  until 2026-11-26T10:00:00Z
                """,
                "tollbar: at " + url + ", as ann (approver)\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | foreign_token | This is a token of another gateway: this one's begin with tba_ffff0000_. | 2",
        "401 | revoked_token | This token was revoked. | 2",
        "403 | foreign_host | This Host is not served here; serve --allow-host names others. | 2",
        "429 | too_many_failures | Too many wrong tokens. | 1",
        "503 | store_unavailable | The store cannot be used: data/tollbar.db is damaged | 1"
      })
  void saysWhatTheGatewaySays(int status, String code, String detail, int exitCode) {
    answer(server, "/api/v1/me", status, problem(status, code, detail));

    assertThat(approvals(url))
        .isEqualTo(
            new Said(
                exitCode,
                "",
                "tollbar: t"
                    + detail.substring(1)
                    + (status == 401 || status == 403 ? " At " + url + "." : "")
                    + "\n"));
  }

  @Test
  void saysWhichRoleItTakes() {
    answer(server, "/api/v1/me", 200, ME);
    String detail = "The role viewer may not decide approvals; that takes approver or admin.";
    answer(server, "/api/v1/approvals/", 403, problem(403, "wrong_role", detail));

    assertThat(run("approvals", "deny", "ap_1", "--admin", url, "--token-file", token.toString()))
        .isEqualTo(
            new Said(
                2,
                "",
                "tollbar: at "
                    + url
                    + ", as ann (approver)\ntollbar: the role viewer may not decide approvals; that"
                    + " takes approver or admin. At "
                    + url
                    + ".\n"));
  }

  @Test
  void whoDecidesIsTheNameOfTheToken() {
    answer(server, "/api/v1/me", 200, ME);

    assertThat(
            run(
                "approvals",
                "approve",
                "ap_1",
                "--by",
                "bob",
                "--admin",
                url,
                "--token-file",
                token.toString()))
        .isEqualTo(
            new Said(
                2,
                "",
                "tollbar: at "
                    + url
                    + ", as ann (approver)\ntollbar: --by: expected nothing, as the name of the"
                    + " admin token is who decides; found \"bob\".\n"));
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 302, 404})
  void whatIsNoGatewayIsSaid(int status) {
    answer(server, "/", status, "<html>");

    assertThat(approvals(url))
        .isEqualTo(
            new Said(
                1,
                "",
                "tollbar: " + url + " is no admin port of Tollbar: it answered " + status + ".\n"));
  }

  @Test
  void whereNobodyAnswersIsSaidAndWhy() throws IOException {
    String free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = "http://127.0.0.1:" + socket.getLocalPort();
    }

    assertThat(approvals(free))
        .isEqualTo(
            new Said(1, "", "tollbar: no gateway answers at " + free + ": no connection.\n"));
    assertThat(approvals("https://gateway.invalid"))
        .isEqualTo(
            new Said(
                1,
                "",
                "tollbar: no gateway answers at https://gateway.invalid: its host is not known.\n"));
  }

  @ParameterizedTest
  @CsvSource({"https, 'no TLS, or another version of it'", "http, no HTTP"})
  void whatSpeaksAnotherProtocolIsSaid(String scheme, String why) throws Exception {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread talking =
          Thread.ofVirtual()
              .start(() -> {
                try (Socket socket = other.accept()) {
                  assertThat(socket.getInputStream().read(new byte[65_536])).isPositive();
                  socket
                      .getOutputStream()
                      .write("SSH-2.0-other\r\n".getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      String there = scheme + "://127.0.0.1:" + other.getLocalPort();

      assertThat(approvals(there))
          .isEqualTo(
              new Said(1, "", "tollbar: no gateway answers at " + there + ": " + why + ".\n"));
      talking.join();
    }
  }

  @Test
  void aCertificateIsTrustedIfItsAuthorityIsNamed() throws Exception {
    KeyStore keys = keys();
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    try {
      KeyManagerFactory mine =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      mine.init(keys, "changeit".toCharArray());
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(mine.getKeyManagers(), null, null);
      secure.setHttpsConfigurator(new HttpsConfigurator(tls));
      answer(secure, "/api/v1/me", 200, ME);
      answer(secure, "/api/v1/approvals", 200, "{\"items\":[]}");
      secure.start();
      String there = "https://localhost:" + secure.getAddress().getPort();
      Certificate certificate = keys.getCertificate("gateway");
      Path authority =
          Files.writeString(
              work.resolve("ca.pem"),
              "-----BEGIN CERTIFICATE-----\n"
                  + Base64.getMimeEncoder().encodeToString(certificate.getEncoded())
                  + "\n-----END CERTIFICATE-----\n");

      assertThat(approvals(there))
          .isEqualTo(
              new Said(
                  1,
                  "",
                  "tollbar: no gateway answers at "
                      + there
                      + ": its certificate is not trusted; name who has signed it with --ca.\n"));
      assertThat(approvals(there, "--ca", authority.toString()))
          .isEqualTo(new Said(0, "", "tollbar: at " + there + ", as ann (approver)\n"));
    } finally {
      secure.stop(0);
    }
  }

  private KeyStore keys() throws Exception {
    Path file = work.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "gateway",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    keytool.getInputStream().readAllBytes();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, "changeit".toCharArray());
    }
    return keys;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://gateway.example:7401",
        "http://127.0.0.1.example:7401",
        "ftp://127.0.0.1",
        "127.0.0.1:7401",
        "https://ann:pw@gateway.example",
        "https://gateway.example/console/#token=x",
        "https://",
        "a b"
      })
  void theTokenGoesNowhereElse(String address) {
    assertThat(approvals(address))
        .isEqualTo(
            new Said(
                2,
                "",
                "tollbar: --admin: expected https://HOST[:PORT], or http:// where the host is this"
                    + " machine, as the token must not be read on the way; found \""
                    + address
                    + "\".\n"));
  }

  @Test
  void saysWhichOptionsItCannotUse() throws IOException {
    Path other = Files.writeString(work.resolve("other"), "tb_abc");
    Path none = work.resolve("none");

    assertThat(approvals(url, "--data", work.toString()).err())
        .isEqualTo("tollbar: expected --admin or --data; found both.\n");
    assertThat(run("history", "--admin", url, "--token-file", other.toString()).err())
        .isEqualTo(
            "tollbar: "
                + other
                + ": expected an admin token, tba_ and 52 more characters; found something"
                + " else.\n");
    assertThat(run("history", "--admin", url, "--token-file", none.toString()).err())
        .isEqualTo("tollbar: --token-file: " + none + " cannot be read.\n");
    assertThat(run("grant", "list", "--admin", url).err())
        .isEqualTo(
            "tollbar: expected an admin token for "
                + url
                + " in TOLLBAR_ADMIN_TOKEN or a file that --token-file names; found none.\n");
    assertThat(run("history", "--data", work.toString(), "--token-file", token.toString()).err())
        .isEqualTo(
            "tollbar: --token-file: no gateway runs on " + work + ". Name one with --admin.\n");
    assertThat(approvals(url, "--ca", none.toString()).err())
        .isEqualTo(
            "tollbar: --ca: expected a file with certificates in PEM form; found no file "
                + none
                + ".\n");
    assertThat(approvals(url, "--ca", other.toString()).err())
        .isEqualTo(
            "tollbar: --ca: expected a file with certificates in PEM form; found something else in "
                + other
                + ".\n");
    answer(server, "/api/v1/me", 200, ME);
    assertThat(
            run("diff", "a.yaml", "current", "--admin", url, "--token-file", token.toString())
                .err())
        .endsWith(
            "tollbar: expected revisions, as a gateway compares what it has kept; found the file"
                + " a.yaml. With --data files are compared.\n");
  }

  @Test
  void grantsAreMadeListedAndRevokedThere() {
    answer(server, "/api/v1/me", 200, ME.replace("approver", "admin"));
    StringBuilder sent = new StringBuilder();
    server.createContext(
        "/api/v1/grants",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          boolean lists = exchange.getRequestMethod().equals("GET");
          sent.append(path)
              .append(' ')
              .append(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8))
              .append('\n');
          byte[] body =
              (lists
                      ? "{\"items\":[{\"name\":\"a\",\"source\":\"document\",\"servers\":{}},{\"name\":\"b\",\"source\":\"stored\",\"servers\":{\"s\":\"p\",\"r\":\"q\"},\"labels\":{}}]}"
                      : "{\"name\":\"b\",\"token\":\"tb_x\"}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    String[] there = {"--admin", url, "--token-file", token.toString()};

    assertThat(
            run("grant", "new", "b", "--server", "s=p", there[0], there[1], there[2], there[3])
                .out())
        .isEqualTo("tb_x\n");
    assertThat(run("grant", "list", there[0], there[1], there[2], there[3]).out())
        .isEqualTo("b  valid  r=q s=p\n");
    assertThat(run("grant", "revoke", "b", there[0], there[1], there[2], there[3]).exitCode())
        .isZero();
    assertThat(sent.toString())
        .isEqualTo(
            """
            /api/v1/grants {"name":"b","servers":{"s":"p"},"labels":{}}
            /api/v1/grants\s
            /api/v1/grants/b/revocation {}
            """);
  }

  @Test
  void adminTokensAreMadeListedAndRevokedThere() {
    answer(server, "/api/v1/me", 200, ME.replace("approver", "admin"));
    List<String> sent = new ArrayList<>();
    server.createContext(
        "/api/v1/admin-tokens",
        exchange -> {
          String query = String.valueOf(exchange.getRequestURI().getRawQuery());
          String name = query.contains("cursor=a%40ops") ? "b" : "a@ops";
          sent.add(
              exchange.getRequestURI().getRawPath()
                  + " "
                  + query
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] body =
              (exchange.getRequestMethod().equals("GET")
                      ? "{\"items\":[{\"name\":\"%s\",\"role\":\"viewer\",\"valid\":true,\"created\":\"2026-11-26T12:00:00Z\"%s}]%s}"
                          .formatted(
                              name,
                              name.equals("b") ? ",\"revoked\":\"2026-11-26T12:30:00Z\"" : "",
                              name.equals("b") ? "" : ",\"next\":\"a@ops\"")
                      : "{\"name\":\"a@ops\",\"token\":\"tba_x\"}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    String there = "tollbar: at " + url + ", as ann (admin)\n";

    assertThat(at("admin", "token", "create", "a@ops", "--role", "viewer"))
        .isEqualTo(
            new Said(
                0,
                "tba_x\n",
                there
                    + "Keep this token: it is shown only now. Log in with it at /console/, or send it"
                    + " as Authorization: Bearer TOKEN.\n"));
    at("admin", "token", "create", "c", "--role", "admin", "--expires", "1d");
    assertThat(at("admin", "token", "list"))
        .isEqualTo(
            new Said(0, "a@ops  viewer  valid\nb  viewer  revoked 2026-11-26T12:30:00Z\n", there));
    assertThat(at("admin", "token", "revoke", "a@ops")).isEqualTo(new Said(0, "", there));
    assertThat(sent.remove(1))
        .matches(
            "/api/v1/admin-tokens null \\{\"name\":\"c\",\"role\":\"admin\",\"expires\":\"20[^\"]+Z\"}");
    assertThat(sent)
        .containsExactly(
            "/api/v1/admin-tokens null {\"name\":\"a@ops\",\"role\":\"viewer\"}",
            "/api/v1/admin-tokens limit=500 ",
            "/api/v1/admin-tokens cursor=a%40ops&limit=500 ",
            "/api/v1/admin-tokens/a%40ops/revocation null {}");
  }

  @Test
  void saysWhatTheGatewaySaysOfAdminTokens() {
    answer(server, "/api/v1/me", 200, ME.replace("approver", "admin"));
    answer(
        server,
        "/api/v1/admin-tokens",
        409,
        problem(409, "name_taken", "There is an admin token 'ann' already."));
    answer(
        server,
        "/api/v1/admin-tokens/ann/revocation",
        404,
        problem(404, "not_found", "There is no valid admin token 'ann'."));
    String there = "tollbar: at " + url + ", as ann (admin)\n";

    assertThat(at("admin", "token", "create", "ann", "--role", "viewer"))
        .isEqualTo(new Said(2, "", there + "tollbar: there is an admin token 'ann' already.\n"));
    assertThat(at("admin", "token", "revoke", "ann"))
        .isEqualTo(new Said(2, "", there + "tollbar: there is no valid admin token 'ann'.\n"));
    assertThat(at("admin", "token", "create", "ann", "--role", "boss").err())
        .isEqualTo(
            "tollbar: --role: expected viewer, approver, policy_manager, admin; found \"boss\".\n");
  }

  /** Pages by their cursors; of the first one the name is empty. */
  private void pages(String path, Map<String, String> pages, List<String> asked) {
    server.createContext(
        path,
        exchange -> {
          String query = exchange.getRequestURI().getQuery();
          asked.add(query);
          Matcher cursor = Pattern.compile("cursor=([^&]*)").matcher(query);
          byte[] body =
              String.valueOf(pages.get(cursor.find() ? cursor.group(1) : ""))
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private Said at(String... words) {
    return run(
        Stream.concat(
                Arrays.stream(words), Stream.of("--admin", url, "--token-file", token.toString()))
            .toArray(String[]::new));
  }

  private static String decision(int seq, String tool) {
    return "{\"seq\":%d,\"time\":\"2026-11-26T12:00:0%dZ\",\"decision\":\"permit\",\"grant\":\"g\",\"server\":\"s\",\"tool\":\"%s\"}"
        .formatted(seq, seq, tool);
  }

  @Test
  void showsTheRecordsOfTheGatewayOldestFirst() {
    answer(server, "/api/v1/me", 200, ME);
    List<String> asked = new ArrayList<>();
    pages(
        "/api/v1/records",
        Map.of(
            "",
            "{\"items\":[" + decision(4, "d") + "," + decision(3, "c") + "],\"next\":\"3\"}",
            "3",
            "{\"items\":[],\"next\":\"2\"}",
            "2",
            "{\"items\":[" + decision(1, "a") + "]}"),
        asked);

    assertThat(at("audit", "show"))
        .isEqualTo(
            new Said(
                0,
                """
                2026-11-26T12:00:01Z  permit  g  s  a
                2026-11-26T12:00:03Z  permit  g  s  c
                2026-11-26T12:00:04Z  permit  g  s  d
                """,
                "tollbar: at " + url + ", as ann (approver)\n"));
    assertThat(at("audit", "show", "--last", "1", "--json", "--tool", "d", "--grant", "g").out())
        .isEqualTo(decision(4, "d") + "\n");
    assertThat(asked)
        .containsExactly(
            "limit=500", "cursor=3&limit=500", "cursor=2&limit=500", "grant=g&limit=500&tool=d");
  }

  @Test
  void ofALongLogAFewPagesAreHeldAndTheOthersAreAskedForAgain() {
    answer(server, "/api/v1/me", 200, ME);
    List<String> asked = new ArrayList<>();
    Map<String, String> pages = new HashMap<>();
    for (int page = 7; page > 1; page--) {
      String item = page == 3 ? "" : decision(page, "t" + page);
      pages.put(
          page == 7 ? "" : "c" + page,
          "{\"items\":[%s],\"next\":\"c%d\"}".formatted(item, page - 1));
    }
    pages.put("c1", "{\"items\":[" + decision(1, "t1") + "]}");
    pages("/api/v1/records", pages, asked);

    Said said = at("audit", "show");

    assertThat(said.out().lines().map(line -> line.substring(line.length() - 2)))
        .containsExactly("t1", "t2", "t4", "t5", "t6", "t7");
    assertThat(asked.stream().map(query -> query.replaceAll("&?limit=500", "")))
        .containsExactly(
            "",
            "cursor=c6",
            "cursor=c5",
            "cursor=c4",
            "cursor=c3",
            "cursor=c2",
            "cursor=c1",
            "cursor=c1",
            "cursor=c2");
  }

  /** Under a candidate, without plugins. */
  private Said replay(String... more) throws IOException {
    Path plugins = Files.createDirectories(work.resolve("plugins"));
    Path candidate =
        Files.writeString(
            work.resolve("shop.yaml"),
            """
            version: "2"
            policies:
              shop: { default: deny, tools: { pay: {} } }
            """);
    return at(
        Stream.concat(
                Stream.of(
                    "replay",
                    "--document",
                    candidate.toString(),
                    "--plugins",
                    plugins.toString(),
                    "--format",
                    "json"),
                Arrays.stream(more))
            .toArray(String[]::new));
  }

  @Test
  void recordsOfTheGatewayAreDecidedAgain() throws IOException {
    answer(server, "/api/v1/me", 200, ME);
    answer(server, "/api/v1/grants", 200, "{\"items\":[]}");
    List<String> asked = new ArrayList<>();
    String call = ",\"method\":\"tools/call\"}";
    pages(
        "/api/v1/records",
        Map.of(
            "",
            "{\"items\":[" + decision(2, "pay").replace("}", call) + "],\"next\":\"2\"}",
            "2",
            "{\"items\":[" + decision(1, "buy").replace("}", call) + "]}"),
        asked);

    Said said = replay("--since", "2026-11-26T10:00:00Z");

    assertThat(said.err()).isEqualTo("tollbar: at " + url + ", as ann (approver)\n");
    assertThat(said.out())
        .contains("\"calls\" : 2", "The policy does not permit this tool.", "\"tool\" : \"buy\"");
    assertThat(asked)
        .containsExactly(
            "limit=500&since=2026-11-26T10:00:00Z",
            "cursor=2&limit=500&since=2026-11-26T10:00:00Z");
    assertThat(replay("--strict").exitCode()).isEqualTo(3);
  }

  @Test
  void aGatewayWithoutRecordsHasNothingToDecideAgain() throws IOException {
    answer(server, "/api/v1/me", 200, ME);
    answer(server, "/api/v1/grants", 200, "{\"items\":[]}");
    answer(server, "/api/v1/records", 200, "{\"items\":[]}");

    assertThat(replay())
        .isEqualTo(
            new Said(
                2,
                "",
                "tollbar: at %s, as ann (approver)\ntollbar: there are no decision records at %s.\n"
                    .formatted(url, url)));
    assertThat(replay("--records", "x.jsonl"))
        .isEqualTo(new Said(2, "", "tollbar: expected --admin or --records; found both.\n"));
  }

  @Test
  void showsWhatOperatorsDidAtTheGateway() {
    answer(server, "/api/v1/me", 200, ME.replace("approver", "admin"));
    String one =
        "{\"seq\":7,\"time\":\"2026-11-26T12:00:00Z\",\"event\":\"admin\",\"who\":\"ann\",\"role\":\"admin\",\"action\":\"revoke\",\"target\":\"laptop\",\"result\":\"done\",\"status\":200}";
    String two = one.replace("12:00:00", "12:00:05").replace("laptop", "ci");
    pages(
        "/api/v1/audit",
        Map.of("", "{\"items\":[" + two + "],\"next\":\"9\"}", "9", "{\"items\":[" + one + "]}"),
        new ArrayList<>());

    assertThat(at("audit", "show", "--operators"))
        .isEqualTo(
            new Said(
                0,
                """
                2026-11-26T12:00:00Z  done  ann (admin)  revoke  laptop
                2026-11-26T12:00:05Z  done  ann (admin)  revoke  ci
                """,
                "tollbar: at " + url + ", as ann (admin)\n"));
    assertThat(at("audit", "show", "--operators", "--since", "2026-11-26T12:00:05Z").out())
        .isEqualTo("2026-11-26T12:00:05Z  done  ann (admin)  revoke  ci\n");
  }

  @Test
  void saysThatThereIsNothingToShow() {
    answer(server, "/api/v1/me", 200, ME);
    answer(server, "/api/v1/records", 200, "{\"items\":[]}");
    answer(server, "/api/v1/audit", 200, "{\"items\":[]}");
    answer(server, "/api/v1/grants", 200, "{\"items\":[]}");
    answer(server, "/api/v1/admin-tokens", 200, "{\"items\":[]}");
    String there = "tollbar: at " + url + ", as ann (approver)\n";

    assertThat(at("audit", "show"))
        .isEqualTo(new Said(0, "", there + "tollbar: there is no decision record.\n"));
    assertThat(at("audit", "show", "--code", "limit"))
        .isEqualTo(new Said(0, "", there + "tollbar: there is no decision record that fits.\n"));
    assertThat(at("audit", "show", "--operators", "--json"))
        .isEqualTo(new Said(0, "", there + "tollbar: there is no action of an operator.\n"));
    assertThat(at("grant", "list"))
        .isEqualTo(
            new Said(
                0,
                "",
                there
                    + "tollbar: there is no stored grant. Make one with: tollbar grant new NAME\n"));
    assertThat(at("admin", "token", "list"))
        .isEqualTo(
            new Said(
                0,
                "",
                there
                    + "tollbar: there is no admin token. Make one with: tollbar admin token create"
                    + " NAME --role ROLE\n"));
  }

  @Test
  void shadowIsReportedByTheRecordsOfTheGateway() {
    answer(server, "/api/v1/me", 200, ME);
    List<String> asked = new ArrayList<>();
    String rule =
        "{\"rule\":\"ceiling\",\"kind\":\"deny_if\",\"plugin\":\"p\",\"verdict\":\"deny\",\"reason\":\"%s\",\"shadow\":true}";
    String newer =
        decision(2, "pay")
            .replace("}", ",\"policy\":\"shop\",\"trace\":[" + rule.formatted("New.") + "]}");
    String older =
        decision(1, "buy")
            .replace("}", ",\"policy\":\"shop\",\"trace\":[" + rule.formatted("Old.") + "]}");
    pages(
        "/api/v1/records",
        Map.of(
            "", "{\"items\":[" + newer + "],\"next\":\"2\"}", "2", "{\"items\":[" + older + "]}"),
        asked);

    assertThat(at("shadow", "report", "--since", "2026-11-26T10:00:00Z"))
        .isEqualTo(
            new Said(
                0,
                """
                2 calls, first 2026-11-26T12:00:01Z, last 2026-11-26T12:00:02Z
                rules in shadow would have denied or asked: 2 calls

                ceiling of policy shop would have denied 2 calls by g
                  New.
                  buy on s: 1 call
                  pay on s: 1 call
                  first 2026-11-26T12:00:01Z, last 2026-11-26T12:00:02Z
                """,
                "tollbar: at " + url + ", as ann (approver)\n"));
    assertThat(asked)
        .containsExactly(
            "limit=500&since=2026-11-26T10:00:00Z",
            "cursor=2&limit=500&since=2026-11-26T10:00:00Z");
    assertThat(at("shadow", "report", "--records", "x.jsonl").err())
        .isEqualTo("tollbar: expected --admin or --records; found both.\n");
  }

  @Test
  void aGatewayWithoutRecordsHasNoReport() {
    answer(server, "/api/v1/me", 200, ME);
    answer(server, "/api/v1/records", 200, "{\"items\":[]}");

    assertThat(at("shadow", "report", "--since", "2026-11-26T10:00:00Z"))
        .isEqualTo(
            new Said(
                2,
                "",
                "tollbar: at %s, as ann (approver)\ntollbar: there are no decision records at %s since 2026-11-26T10:00:00Z.\n"
                    .formatted(url, url)));
  }

  @Test
  void theHistoryNamesWhatWasSavedThereAndIsNotInForce() {
    answer(server, "/api/v1/me", 200, ME);
    answer(
        server,
        "/api/v1/revisions",
        200,
        "{\"items\":[{\"number\":1,\"revision\":\"%s\",\"at\":\"2026-11-26T12:00:00Z\",\"how\":\"start\",\"file\":\"/srv/a.yaml\"}]}"
            .formatted("ab".repeat(32)));
    answer(
        server,
        "/api/v1/document",
        200,
        "{\"changed\":[\"a.yaml\",\"b.js\"],\"problems\":[{\"file\":\"a.yaml\",\"line\":3,\"column\":1,\"pointer\":\"/x\",\"message\":\"unknown key\"},{\"file\":\"\",\"pointer\":\"\",\"message\":\"its history cannot be kept\"}]}");

    assertThat(at("history"))
        .isEqualTo(
            new Said(
                0,
                "2026-11-26T12:00:00Z  abababababab  started  /srv/a.yaml\n",
                """
                tollbar: at %s, as ann (approver)
                tollbar: not as in the revision in force: a.yaml, b.js. The gateway says:
                tollbar:   a.yaml:3:1: unknown key
                tollbar:   its history cannot be kept
                """
                    .formatted(url)));
  }

  @Test
  void theStateOfTheGatewayIsShown() {
    answer(server, "/api/v1/me", 200, ME);
    String json =
        "{'file':'/srv/tollbar.db','bytes':4096,'log_bytes':32,'schema':8,'newest_schema':8,'grants':2,"
            + "'revoked_grants':1,'approvals':3,'open_approvals':2,'revisions':4,'times_in_force':5,"
            + "'plugin_sets':1,'counters':6,'counters_over':0,'gateway_running':true,'faults':['row 7']}";
    answer(server, "/api/v1/state", 200, json.replace('\'', '"'));

    assertThat(at("state", "info"))
        .isEqualTo(
            new Said(
                1,
                """
                file        /srv/tollbar.db
                size        4096 bytes, and 32 in the log
                schema      8
                grants      2, 1 revoked
                approvals   3, 2 open
                revisions   4, came into force 5 times, with 1 set of plugins
                counters    6
                gateway     running
                integrity   damaged
                  row 7
                """,
                "tollbar: at " + url + ", as ann (approver)\n"));
    assertThat(at("state", "info", "--json").out().replaceAll("\\s", ""))
        .isEqualTo(json.replace('\'', '"').replace("row 7", "row7"));
  }

  private void told(String path, List<String> asked, String json) {
    server.createContext(
        path,
        exchange -> {
          asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          byte[] body = json.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  @Test
  void asksTheGatewayHowItWouldDecide() {
    answer(server, "/api/v1/me", 200, ME);
    List<String> asked = new ArrayList<>();
    told(
        "/api/v1/explanation",
        asked,
        "{\"explanation\":{\"decision\":\"permit\"},\"words\":\"permit\\n\"}");

    assertThat(at("explain", "--tool", "pay", "--args", "{\"amount\":1.50}", "--grant", "ci"))
        .isEqualTo(new Said(0, "permit\n", "tollbar: at " + url + ", as ann (approver)\n"));
    assertThat(at("explain", "--resource", "x:y", "--server", "s", "--session", "one").exitCode())
        .isZero();
    assertThat(at("explain", "--prompt", "p", "--format", "json").out())
        .isEqualTo("{\n  \"decision\" : \"permit\"\n}\n");
    assertThat(asked)
        .containsExactly(
            "{\"grant\":\"ci\",\"tool\":\"pay\",\"arguments\":{\"amount\":1.50}}",
            "{\"server\":\"s\",\"resource\":\"x:y\",\"session\":\"one\"}",
            "{\"prompt\":\"p\"}");
  }

  @Test
  void asksTheGatewayWhyARecordedCallIsDecidedAsItIs() {
    answer(server, "/api/v1/me", 200, ME);
    List<String> asked = new ArrayList<>();
    told(
        "/api/v1/records/7/explanation",
        asked,
        "{\"record\":"
            + decision(7, "pay")
            + ",\"same_revision\":false,\"explanation\":{},\"words\":\"deny\\n\"}");

    assertThat(at("explain", "--record", "7", "--args", "{\"a\":1}").out())
        .isEqualTo(
            """
            recorded: 2026-11-26T12:00:07Z  permit  g  s  pay
            under another revision than the one in force
            deny
            """);
    assertThat(at("explain", "--record", "7", "--format", "json").out())
        .contains("\"same_revision\" : false")
        .doesNotContain("words");
    assertThat(asked).containsExactly("{\"arguments\":{\"a\":1}}", "{}");
  }

  @Test
  void saysWhatAGatewayExplainsByItself() {
    assertThat(at("explain", "--tool", "t", "--document", "a.yaml").err())
        .isEqualTo("tollbar: expected --admin or --document; found both.\n");
    assertThat(at("explain", "--tool", "t", "--clock", "2026-11-26T12:00:00Z").err())
        .isEqualTo(
            "tollbar: --clock: expected nothing, as the gateway says what it would decide now;"
                + " found \"2026-11-26T12:00:00Z\".\n");
    assertThat(at("explain", "--tool", "t", "--annotations", "{}").err())
        .isEqualTo(
            "tollbar: --annotations: expected nothing, as the gateway knows what its servers say of"
                + " their tools; found \"{}\".\n");
    assertThat(at("explain", "--record", "7", "--grant", "ci").err())
        .isEqualTo("tollbar: --grant: expected nothing, as the record says it; found \"ci\".\n");
    assertThat(run("explain", "--record", "7", "--document", "a.yaml").err())
        .isEqualTo(
            "tollbar: --record: expected a gateway, which has the record; found --document.\n");
    assertThat(run("explain", "--tool", "t", "--data", work.toString()))
        .isEqualTo(
            new Said(
                2,
                "",
                "tollbar: expected --document, or an admin token and a gateway that runs; found"
                    + " neither.\n"));
    assertThat(run("explain", "--record", "x", "--data", work.toString()).err())
        .startsWith("tollbar: --record: expected a whole number; found \"x\".\n");
  }

  @Test
  void recordsOfAFileAreNotAskedOfAGateway() {
    assertThat(at("audit", "show", work.toString()))
        .isEqualTo(new Said(2, "", "tollbar: expected --admin or FILE|DIR; found both.\n"));
  }

  @Test
  void aGatewayThatWasKilledIsNotLookedFor() throws IOException {
    AdminAddress said = AdminAddress.say(work, url);
    assertThat(AdminAddress.find(work)).isEmpty();

    try (GatewayLock _ = GatewayLock.share(work)) {
      assertThat(AdminAddress.find(work)).contains(url);
      AdminAddress.say(work, "http://127.0.0.1:1");
      said.close();
      assertThat(AdminAddress.find(work)).contains("http://127.0.0.1:1");
    }
    assertThat(List.of(work.resolve("admin.url"))).allMatch(Files::exists);
  }
}
