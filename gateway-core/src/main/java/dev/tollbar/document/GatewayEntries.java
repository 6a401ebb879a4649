package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.policy.Wording;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The entries of a version 2 document beside its policies, as they are written. */
final class GatewayEntries {
  static final List<String> KEYS =
      List.of(
          "version",
          "servers",
          "policies",
          "webhooks",
          "grants",
          "records",
          "capacity",
          "on_reload");

  private GatewayEntries() {}

  record Server(
      @Doc("How the server is reached: one transport kind with its config") JsonNode transport,
      @Default("\"60s\"") @Doc("How long the server may be silent") Duration timeout,
      @Default("{}") @Doc("How many calls it gets at once") ServerCapacity capacity) {
    Server {
      if (timeout.isZero() || timeout.compareTo(Duration.ofDays(1)) > 0) {
        throw new InvalidConfigException(
            "timeout",
            "a duration of more than nothing and at most a day",
            "\"" + timeout.toSeconds() + "s\"");
      }
    }
  }

  record Hook(
      @Doc("Where approvals are announced: an http or https URL") String url,
      @Doc("What deliveries are signed with: one secret, or several while one replaces another")
          JsonNode secret) {}

  record Token(@Doc("SHA-256 of the token, in hex") String sha256) {
    Token {
      if (!sha256.matches("[0-9a-fA-F]{64}")) {
        throw new InvalidConfigException("sha256", "64 hexadecimal digits", Wording.quote(sha256));
      }
      sha256 = sha256.toLowerCase(Locale.ROOT);
    }
  }

  record Grant(
      Token token,
      @Doc("The servers it reaches, with the policy it has on each") Map<String, String> servers,
      @Default("{}") @Doc("Labels that conditions can look at") Map<String, String> labels,
      @Doc("When it ends: \"2027-06-30T00:00:00Z\"") Optional<String> expires) {}
}
