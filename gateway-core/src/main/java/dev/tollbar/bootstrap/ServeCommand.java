package dev.tollbar.bootstrap;

import dev.tollbar.http.AdminEndpoint;
import dev.tollbar.http.ConnectionTerms;
import dev.tollbar.http.DecisionEndpoint;
import dev.tollbar.http.Guard;
import dev.tollbar.http.WebFront;
import dev.tollbar.identity.LoopbackGuard;
import dev.tollbar.plugins.Generation;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.State;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tollbar serve}. */
@Command(
    name = "serve",
    description =
        "Serves MCP over HTTP, with a document, or with one policy in front of one server.",
    customSynopsis = {
      "tollbar serve --document FILE [OPTIONS]",
      "tollbar serve --policy FILE [--name NAME] [OPTIONS] -- COMMAND ARGS...",
      "tollbar serve --policy FILE [--name NAME] [OPTIONS] --upstream URL"
    })
final class ServeCommand implements Callable<Integer> {
  @Mixin private Folders folders = new Folders();
  @Mixin private ServerOptions server = new ServerOptions();
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--document",
      paramLabel = "FILE",
      description = "The document: servers, policies, grants (version 2).")
  private @Nullable Path document;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "Where to listen. Anything but loopback needs grants. Default: ${DEFAULT-VALUE}.",
      defaultValue = "127.0.0.1")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      description = "The port for agents; 0 for a free one. Default: ${DEFAULT-VALUE}.",
      defaultValue = "7400")
  private int port = 7400;

  @Option(
      names = "--admin-port",
      description =
          "The port for the console, health, metrics and callbacks, on loopback; 0 for a free one. Default: ${DEFAULT-VALUE}.",
      defaultValue = "7401")
  private int adminPort = 7401;

  @Option(
      names = "--allow-host",
      paramLabel = "HOST",
      description = "A further Host header to accept; may be repeated.")
  private List<String> hosts = new ArrayList<>();

  @Option(
      names = "--allow-origin",
      paramLabel = "ORIGIN",
      description = "A further Origin header to accept; may be repeated.")
  private List<String> origins = new ArrayList<>();

  @Option(
      names = "--callback-url",
      paramLabel = "URL",
      description =
          "How people and receivers that decide approvals reach the admin port: the start of the links in their questions. Default: the admin port on this machine.")
  private @Nullable URI callbackUrl;

  @Option(
      names = "--session-idle",
      paramLabel = "TIME",
      description =
          "How long a session that nobody uses keeps its line to the server: 10s, 30m, 12h. It goes on when it is used again. Default: ${DEFAULT-VALUE}.",
      defaultValue = "1h")
  private String sessionIdle = "1h";

  @Override
  public Integer call() throws CommandException, InterruptedException {
    DocumentSource source = source();
    InetAddress address = address();
    Duration idle = idle();
    checkCallbackUrl();
    Path data = folders.data();
    PluginFolder plugins = Plugins.folder(folders);
    Generation generation = Plugins.load(plugins);
    State state = EmbeddedState.open(data, Clock.systemUTC());
    boolean local = address.isLoopbackAddress();
    try (GatewayProcess process =
        GatewayProcess.start(
            new GatewayProcess.Parts(
                source,
                plugins,
                generation,
                state,
                state.grants(),
                data,
                Clock.systemUTC(),
                local,
                hosts(address),
                origins,
                idle))) {
      if (!local
          && process.document().revision().grants().isEmpty()
          && state.grants().list().isEmpty()) {
        throw CommandException.badInput(
            "tollbar: --host "
                + host
                + " is not loopback, and there are no grants: everybody would get in. Make one with: tollbar grant new NAME");
      }
      serve(process, address, state);
      return Main.DONE;
    }
  }

  private void serve(GatewayProcess process, InetAddress address, State state)
      throws CommandException, InterruptedException {
    CountDownLatch stopped = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    try (WebFront admin = admin(process);
        WebFront clients =
            WebFront.ofClients(
                address,
                port,
                WebFront.Bounds.ofClients(Capacity.mostConnections()),
                process.gateway(),
                process.aggregate(),
                Clock.systemUTC(),
                guard(process, "clients", process.capacity()::ofClients));
        AdminAddress _ = AdminAddress.say(process.data(), "http://127.0.0.1:" + admin.port())) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(stopped, closed), "stop"));
      process.reachableAt(Optional.of(decisions(admin.port())));
      announce(
          process,
          address,
          clients.port(),
          admin.port(),
          FirstToken.make(state.adminTokens(), process.log(), Clock.systemUTC().instant()));
      try (StartCache _ = StartCache.makeIfMissing()) {
        stopped.await();
      }
      process.endStreams();
    } catch (BindException e) {
      throw CommandException.failed("tollbar: " + e.getMessage());
    } finally {
      process.close();
      closed.countDown();
    }
  }

  /** Lets the main thread close everything before the process ends. */
  private static void stop(CountDownLatch stopped, CountDownLatch closed) {
    stopped.countDown();
    try {
      if (!closed.await(10, java.util.concurrent.TimeUnit.SECONDS)) {
        org.slf4j.LoggerFactory.getLogger(ServeCommand.class).warn("not stopped within 10 s");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private WebFront admin(GatewayProcess process) throws BindException {
    AdminEndpoint endpoint =
        new AdminEndpoint(
            new LoopbackGuard(hosts, List.of())::hostAllowed,
            () -> process.health().report().json(),
            () -> process.health().report().ready(),
            process.metrics()::scrape,
            process.console());
    DecisionEndpoint decisions =
        new DecisionEndpoint(
            new LoopbackGuard(decisionHosts(), List.of())::hostAllowed,
            new DecisionDesk(
                process,
                (code, reason, status) ->
                    process.gateway().refused(Clock.systemUTC().instant(), code, reason, status)));
    return WebFront.ofOperators(
        InetAddress.getLoopbackAddress(),
        adminPort,
        WebFront.Bounds.ofOperators(),
        decisions,
        endpoint,
        guard(process, "operators", process.capacity()::ofOperators));
  }

  private static Guard guard(GatewayProcess process, String port, Supplier<ConnectionTerms> terms) {
    Guard guard =
        new Guard(
            terms,
            new ClosedConnections(
                port,
                reason -> process.metrics().connectionClosed(port, reason),
                Clock.systemUTC()));
    process.metrics().connections(port, guard::connections, guard::bodies);
    return guard;
  }

  /** Who decides comes by the name that the links have. */
  private List<String> decisionHosts() {
    List<String> accepted = new ArrayList<>(hosts);
    Optional.ofNullable(callbackUrl).map(URI::getHost).ifPresent(accepted::add);
    return accepted;
  }

  private URI decisions(int operatorPort) {
    return Optional.ofNullable(callbackUrl)
        .orElseGet(() -> URI.create("http://127.0.0.1:" + operatorPort));
  }

  private void checkCallbackUrl() throws CommandException {
    URI url = callbackUrl;
    if (url == null) {
      return;
    }
    String scheme = url.getScheme() == null ? "" : url.getScheme();
    boolean http = scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https");
    boolean plain =
        url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null;
    if (!http || url.getHost() == null || !plain) {
      String user = url.getRawUserInfo();
      String shown = user == null ? url.toString() : url.toString().replace(user, "[redacted]");
      throw CommandException.badInput(
          "tollbar: --callback-url: expected an http or https URL with a host, and without user name, query and fragment; found \""
              + shown
              + "\".");
    }
  }

  private void announce(
      GatewayProcess process,
      InetAddress address,
      int clientPort,
      int operatorPort,
      Optional<String> firstToken) {
    PrintWriter out = spec.commandLine().getOut();
    String shown =
        address instanceof java.net.Inet6Address
            ? "[" + address.getHostAddress() + "]"
            : address.getHostAddress();
    String url = "http://" + shown + ":" + clientPort + "/mcp";
    Set<String> names = new TreeSet<>(process.document().revision().servers().keySet());
    for (String name : names) {
      out.println("tollbar: listening on " + url + "/" + name);
    }
    if (names.size() > 1) {
      out.println("tollbar: all servers as one on " + url);
    }
    out.println("tollbar: health and metrics on http://127.0.0.1:" + operatorPort);
    out.println(
        "tollbar: console on http://127.0.0.1:"
            + operatorPort
            + "/console/"
            + firstToken.map(token -> "#token=" + token).orElse(""));
    out.println("tollbar: revision " + process.document().revision().id() + " is in force");
    out.flush();
  }

  private DocumentSource source() throws CommandException {
    if (document != null) {
      if (server.policy().isPresent() || server.given()) {
        throw CommandException.badInput(
            "tollbar: expected --document, or --policy and a server; found both.");
      }
      return new FileSource(document);
    }
    if (server.policy().isEmpty() && !server.given()) {
      throw CommandException.badInput(
          "tollbar: expected --document FILE, or --policy FILE and a server; found neither.");
    }
    return server.source();
  }

  private Duration idle() throws CommandException {
    return TimeOption.parse(sessionIdle)
        .orElseThrow(() ->
            CommandException.badInput(
                "tollbar: --session-idle: expected a time such as 10s, 30m or 12h; found \""
                    + sessionIdle
                    + "\"."));
  }

  private InetAddress address() throws CommandException {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw CommandException.badInput(
          "tollbar: --host: expected an address of this machine; found \"" + host + "\".");
    }
  }

  private List<String> hosts(InetAddress address) {
    List<String> accepted = new ArrayList<>(hosts);
    if (!address.isLoopbackAddress() && !address.isAnyLocalAddress()) {
      accepted.add(address.getHostAddress());
    }
    return accepted;
  }
}
