package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.console.Role;
import dev.tollbar.identity.Tokens;
import dev.tollbar.policy.Wording;
import dev.tollbar.state.AdminTokens;
import dev.tollbar.state.EmbeddedState;
import dev.tollbar.state.StoredAdminToken;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tollbar admin}: who may use the console and the admin API. */
@Command(
    name = "admin",
    description = "Makes, lists and revokes the tokens of operators.",
    subcommands = {AdminCommand.Token.class},
    synopsisSubcommandLabel = "COMMAND")
final class AdminCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "a command is missing: token");
  }

  /** {@code tollbar admin token}. */
  @Command(
      name = "token",
      description = "Makes, lists and revokes admin tokens.",
      subcommands = {Create.class, ListAll.class, Revoke.class},
      synopsisSubcommandLabel = "COMMAND")
  static final class Token implements Callable<Integer> {
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
      throw new ParameterException(
          spec.commandLine(), "a command is missing: create, list or revoke");
    }
  }

  /** {@code tollbar admin token create}. */
  @Command(
      name = "create",
      description = {
        "Makes an admin token and prints it, this once: only a hash of it is kept.",
        "A gateway that runs knows it at once."
      })
  static final class Create implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(
        paramLabel = "NAME",
        description = "Whose it is: approvals and the audit trail say it.")
    private String name = "";

    @Option(
        names = "--role",
        paramLabel = "ROLE",
        required = true,
        description =
            "viewer: sees everything; approver: also decides approvals; policy_manager: sees everything and changes the document; admin: all.")
    private String role = "";

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        description = "How long it is good for: 90d, 12h, 30m. Default: until revoked.")
    private @Nullable String expires;

    @Override
    public Integer call() throws CommandException, InterruptedException {
      if (!StoredAdminToken.isName(name)) {
        throw CommandException.badInput(
            "tollbar: expected a name of letters, digits, dots, dashes, underscores and @, 64 at most; found "
                + Wording.quote(name)
                + ".");
      }
      Role given =
          Role.of(role)
              .orElseThrow(() ->
                  CommandException.badInput(
                      "tollbar: --role: expected %s; found %s."
                          .formatted(Role.all(), Wording.quote(role))));
      Instant now = Clock.systemUTC().instant();
      Optional<Instant> end = TimeOption.lifetime(expires).map(now::plus);
      Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
      String made =
          gateway.isPresent()
              ? new RemoteAdminTokens(gateway.get()).make(name, given, end)
              : stored(given, now, end);
      spec.commandLine().getOut().println(made);
      spec.commandLine()
          .getErr()
          .println(
              "Keep this token: it is shown only now. Log in with it at /console/, or send it as Authorization: Bearer TOKEN.");
      return Main.DONE;
    }

    private String stored(Role given, Instant now, Optional<Instant> end)
        throws CommandException, InterruptedException {
      Path data = where.folders().data();
      return CommandTrail.orAtGateway(data, Clock.systemUTC())
          .record(
              "admin_token",
              Optional.of(name),
              detail(given, end),
              () -> add(data, given, now, end));
    }

    /** As the admin API records it. */
    private static String detail(Role given, Optional<Instant> end) {
      ObjectNode detail = JsonNodeFactory.instance.objectNode();
      detail.put("role", given.wire());
      end.ifPresent(time -> detail.put("expires", time.toString()));
      return detail.toString();
    }

    private String add(Path data, Role given, Instant now, Optional<Instant> end)
        throws CommandException {
      try (EmbeddedState state = EmbeddedState.open(data, Clock.systemUTC())) {
        AdminTokens tokens = state.adminTokens();
        String token = Tokens.newAdminToken(new SecureRandom(), tokens.store());
        StoredAdminToken stored =
            new StoredAdminToken(
                name, given.wire(), Tokens.sha256Hex(token), now, end, Optional.empty());
        if (!tokens.add(stored)) {
          throw CommandException.badInput(
              "tollbar: there is an admin token \"" + name + "\" already.");
        }
        return token;
      }
    }
  }

  /** {@code tollbar admin token list}. */
  @Command(
      name = "list",
      description = "Lists the admin tokens. What they are is not known any more.")
  static final class ListAll implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws CommandException, InterruptedException {
      Instant now = Clock.systemUTC().instant();
      PrintWriter out = spec.commandLine().getOut();
      List<StoredAdminToken> tokens = stored();
      if (tokens.isEmpty()) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(
            "tollbar: there is no admin token. Make one with: tollbar admin token create NAME --role ROLE");
        err.flush();
      }
      for (StoredAdminToken token : tokens) {
        out.printf(
            Locale.ROOT,
            "%s  %s  %s%n",
            token.name(),
            token.role(),
            TimeOption.standing(token.revoked(), token.expires(), now));
      }
      out.flush();
      return Main.DONE;
    }

    private List<StoredAdminToken> stored() throws CommandException, InterruptedException {
      Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
      if (gateway.isPresent()) {
        return new RemoteAdminTokens(gateway.get()).list();
      }
      try (EmbeddedState state =
          EmbeddedState.open(where.folders().dataIfAny(), Clock.systemUTC())) {
        return state.adminTokens().list();
      }
    }
  }

  /** {@code tollbar admin token revoke}. */
  @Command(
      name = "revoke",
      description = "Revokes an admin token. It is refused at once, and its sessions end.")
  static final class Revoke implements Callable<Integer> {
    @Mixin private GatewayOption where = new GatewayOption();
    @Spec private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "NAME", description = "The token's name.")
    private String name = "";

    @Override
    public Integer call() throws CommandException, InterruptedException {
      Optional<RemoteGateway> gateway = where.gateway(spec.commandLine().getErr());
      if (gateway.isPresent()) {
        new RemoteAdminTokens(gateway.get()).revoke(name);
        return Main.DONE;
      }
      Path data = where.folders().dataIfAny();
      return CommandTrail.orAtGateway(data, Clock.systemUTC())
          .record("revoke_admin_token", Optional.of(name), "", () -> revoke(data));
    }

    private int revoke(Path data) throws CommandException {
      try (EmbeddedState state = EmbeddedState.open(data, Clock.systemUTC())) {
        if (!state.adminTokens().revoke(name, Clock.systemUTC().instant())) {
          throw CommandException.badInput(
              "tollbar: there is no valid admin token " + Wording.quote(name) + ".");
        }
      }
      return Main.DONE;
    }
  }
}
