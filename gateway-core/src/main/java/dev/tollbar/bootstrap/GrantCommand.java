package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.identity.Tokens;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.StoredGrant;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar grant}: stored grants. */
@Command(
    name = "grant",
    description = "Makes, lists and revokes the grants by which agents are known.",
    subcommands = {GrantCommand.New.class, GrantCommand.ListAll.class, GrantCommand.Revoke.class},
    synopsisSubcommandLabel = "COMMAND")
final class GrantCommand implements Callable<Integer> {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing: new, list or revoke");
  }

  /** {@code tollbar grant new}. */
  @Command(
      name = "new",
      description = {
        "Makes a grant and prints its token, this once: only a hash of it is kept.",
        "A gateway that runs knows the new grant a second later."
      })
  static final class New implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "The grant's name.")
    private String name = "";

    @Option(
        names = "--server",
        paramLabel = "SERVER=POLICY",
        description =
            "A server that the grant reaches and the policy it has there; may be repeated. Default: default=default.")
    private Map<String, String> servers = new TreeMap<>();

    @Option(
        names = "--label",
        paramLabel = "KEY=VALUE",
        description = "A label that rules can look at; may be repeated.")
    private Map<String, String> labels = new TreeMap<>();

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "How long it is good for: 90d, 12h, 30m. Default: until revoked.")
    private @Nullable String expires;

    @Override
    public Integer call() throws CommandException, InterruptedException {
      if (!NAME.matcher(name).matches()) {
        throw new ParameterException(
            spec.commandLine(),
            "expected a name of letters, digits, dots, dashes and underscores, 64 at most; found \""
                + name
                + "\"");
      }
      Optional<Duration> lifetime = TimeOption.lifetime(expires);
      Instant now = Clock.systemUTC().instant();
      Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
      String token =
          gateway.isPresent()
              ? new RemoteGrants(gateway.get()).make(name, servers, labels, lifetime.map(now::plus))
              : stored(now, lifetime);
      spec.commandLine().getOut().println(token);
      spec.commandLine()
          .getErr()
          .println(
              "Keep this token: it is shown only now. Clients send it as Authorization: Bearer TOKEN.");
      return Main.DONE;
    }

    private String stored(Instant now, Optional<Duration> lifetime)
        throws CommandException, InterruptedException {
      String token = Tokens.newToken(new SecureRandom());
      StoredGrant grant =
          new StoredGrant(
              name,
              Tokens.sha256Hex(token),
              servers.isEmpty() ? Map.of("default", "default") : servers,
              labels,
              now,
              lifetime.map(now::plus),
              Optional.empty());
      Path data = where.folders().data();
      return CommandTrail.orAtGateway(data, Clock.systemUTC())
          .record("grant", Optional.of(name), detail(grant), () -> add(data, grant, token));
    }

    private static String add(Path data, StoredGrant grant, String token) throws CommandException {
      try (EmbeddedState state = EmbeddedState.open(data, Clock.systemUTC())) {
        if (!state.grants().add(grant)) {
          throw CommandException.badInput(
              "tollbar: there is a grant \"" + grant.name() + "\" already.");
        }
      }
      return token;
    }

    /** As the admin API records it: all but the token. */
    private static String detail(StoredGrant grant) {
      ObjectNode detail = JsonNodeFactory.instance.objectNode();
      new TreeMap<>(grant.servers()).forEach(detail.putObject("servers")::put);
      new TreeMap<>(grant.labels()).forEach(detail.putObject("labels")::put);
      grant.expires().ifPresent(end -> detail.put("expires", end.toString()));
      return detail.toString();
    }
  }

  /** {@code tollbar grant list}. */
  @Command(name = "list", description = "Lists the stored grants. Tokens are not known any more.")
  static final class ListAll implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws CommandException, InterruptedException {
      Instant now = Clock.systemUTC().instant();
      PrintWriter out = spec.commandLine().getOut();
      List<StoredGrant> stored = stored();
      if (stored.isEmpty()) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("tollbar: there is no stored grant. Make one with: tollbar grant new NAME");
        err.flush();
      }
      for (StoredGrant grant : stored) {
        out.println(
            grant.name()
                + "  "
                + TimeOption.standing(grant.revoked(), grant.expires(), now)
                + "  "
                + servers(grant));
      }
      return Main.DONE;
    }

    private List<StoredGrant> stored() throws CommandException, InterruptedException {
      Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
      if (gateway.isPresent()) {
        return new RemoteGrants(gateway.get()).list();
      }
      try (EmbeddedState state =
          EmbeddedState.open(where.folders().dataIfAny(), Clock.systemUTC())) {
        return state.grants().list();
      }
    }

    private static String servers(StoredGrant grant) {
      return String.join(
          " ",
          new TreeMap<>(grant.servers())
              .entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    }
  }

  /** {@code tollbar grant revoke}. */
  @Command(name = "revoke", description = "Revokes a grant. Its token is refused a second later.")
  static final class Revoke implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "The grant's name.")
    private String name = "";

    @Override
    public Integer call() throws CommandException, InterruptedException {
      Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
      if (gateway.isPresent()) {
        new RemoteGrants(gateway.get()).revoke(name);
        return Main.DONE;
      }
      Path data = where.folders().dataIfAny();
      return CommandTrail.orAtGateway(data, Clock.systemUTC())
          .record("revoke", Optional.of(name), "", () -> revoke(data));
    }

    private int revoke(Path data) throws CommandException {
      try (EmbeddedState state = EmbeddedState.open(data, Clock.systemUTC())) {
        if (!state.grants().revoke(name, Clock.systemUTC().instant())) {
          throw CommandException.badInput("tollbar: there is no valid grant \"" + name + "\".");
        }
      }
      return Main.DONE;
    }
  }
}
