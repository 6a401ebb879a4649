package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.policy.Wording;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Where a command acts: at a running gateway, over its admin API, if there is an admin token; else
 * on the data folder.
 */
final class GatewayOption {
  private static final String URL = "TOLLBAR_ADMIN_URL";
  private static final String TOKEN = "TOLLBAR_ADMIN_TOKEN";

  @Option(
      names = "--admin",
      paramLabel = "URL",
      description =
          "The admin port of the running gateway where this is done, with an admin token; such as https://tollbar.example. Default: "
              + URL
              + ", or the gateway on the data folder.")
  private @Nullable String admin;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file with the admin token. Default: the token in " + TOKEN + ".")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Certificates (PEM) to trust instead of Java's own, for https.")
  private @Nullable Path authorities;

  @Mixin private Folders folders = new Folders();

  private final Map<String, String> environment;

  GatewayOption() {
    this(System.getenv());
  }

  GatewayOption(Map<String, String> environment) {
    this.environment = environment;
  }

  Folders folders() {
    return folders;
  }

  /** Whether a gateway is named on the command line. */
  boolean isNamed() {
    return admin != null;
  }

  /** As {@link #named}; it says so if the data folder is meant without being named. */
  Optional<RemoteGateway> gateway(PrintWriter err) throws CommandException, InterruptedException {
    Optional<RemoteGateway> gateway = named(err);
    if (gateway.isEmpty() && !folders.isDataGiven()) {
      err.println("tollbar: on the data folder " + folders.dataIfAny());
      err.flush();
    }
    return gateway;
  }

  /**
   * The gateway that is meant; empty for the folders.
   *
   * @param err where it says so
   */
  Optional<RemoteGateway> named(PrintWriter err) throws CommandException, InterruptedException {
    if (admin != null && folders.isDataGiven()) {
      throw CommandException.badInput("tollbar: expected --admin or --data; found both.");
    }
    Optional<String> token = token();
    Optional<String> url = url(token);
    if (url.isEmpty()) {
      if (tokenFile != null) {
        throw CommandException.badInput(
            "tollbar: --token-file: no gateway runs on "
                + folders.dataIfAny()
                + ". Name one with --admin.");
      }
      return Optional.empty();
    }
    RemoteGateway gateway =
        RemoteGateway.at(
            checked(url.get()),
            token.orElseThrow(() ->
                CommandException.badInput(
                    "tollbar: expected an admin token for "
                        + url.get()
                        + " in "
                        + TOKEN
                        + " or a file that --token-file names; found none.")),
            Optional.ofNullable(authorities));
    JsonNode me = gateway.get("/me", Map.of());
    err.println(
        "tollbar: at "
            + url.get()
            + ", as "
            + me.path("name").asText()
            + " ("
            + me.path("role").asText()
            + ")");
    err.flush();
    return Optional.of(gateway);
  }

  private Optional<String> url(Optional<String> token) {
    if (admin != null) {
      return Optional.of(admin);
    }
    Optional<String> named = variable(URL).filter(_ -> !folders.isDataGiven());
    return named.isPresent() || token.isEmpty() ? named : AdminAddress.find(folders.dataIfAny());
  }

  private Optional<String> token() throws CommandException {
    Optional<String> text = tokenFile == null ? variable(TOKEN) : Optional.of(read(tokenFile));
    if (text.filter(token -> !token.matches("tba_[0-9a-f]{8}_[A-Za-z0-9_-]{43}")).isPresent()) {
      throw CommandException.badInput(
          "tollbar: %s: expected an admin token, tba_ and 52 more characters; found something else."
              .formatted(tokenFile == null ? TOKEN : tokenFile));
    }
    return text;
  }

  private Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  private static String read(Path file) throws CommandException {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw CommandException.badInput("tollbar: --token-file: " + file + " cannot be read.");
    }
  }

  /** The token goes to nobody who could read it on the way. */
  private static URI checked(String text) throws CommandException {
    try {
      URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      String scheme = Optional.ofNullable(url.getScheme()).orElse("");
      String host = Optional.ofNullable(url.getHost()).orElse("");
      boolean bare =
          url.getRawUserInfo() == null
              && url.getRawQuery() == null
              && url.getRawFragment() == null
              && String.valueOf(url.getRawPath()).isEmpty();
      boolean here = host.matches("localhost|127(\\.\\d{1,3}){3}|\\[::1]");
      if (bare && !host.isEmpty() && (scheme.equals("https") || (scheme.equals("http") && here))) {
        return url;
      }
    } catch (URISyntaxException e) {
      // as another form
    }
    throw CommandException.badInput(
        "tollbar: --admin: expected https://HOST[:PORT], or http:// where the host is this machine, as the token must not be read on the way; found "
            + Wording.quote(text)
            + ".");
  }
}
