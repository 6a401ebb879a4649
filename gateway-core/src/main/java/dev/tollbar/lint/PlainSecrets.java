package dev.tollbar.lint;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.document.Outline;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds secrets that stand in the document itself. Never quotes one. */
final class PlainSecrets {
  private static final String WORDS =
      "(auth|authorization|cookie|token|secret|password|passwd|passphrase|pwd|credentials?|apikey"
          + "|api[-_]key|access[-_]key|private[-_]key)";
  private static final Pattern NAME =
      Pattern.compile("(.*[-_])?" + WORDS + "([-_].*)?", Pattern.CASE_INSENSITIVE);

  /** Forms that well-known issuers give to their tokens, and headers that carry one. */
  private static final Pattern VALUE =
      Pattern.compile(
          "(?i:bearer|basic|token) +\\S{8,}"
              + "|.*\\b(sk-|sk_live_|rk_live_|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abpr]-|AKIA)"
              + "[A-Za-z0-9_-]{8,}.*"
              + "|.*\\beyJ[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\..*",
          Pattern.DOTALL);

  private static final Pattern OPTION =
      Pattern.compile("--?" + ".*?" + WORDS + "=.+", Pattern.CASE_INSENSITIVE);
  private static final Pattern PASSWORD_IN_URL =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[^/@\\s:]*:[^/@\\s]+@.*");

  /** A query's member with its name; signed addresses and some services call theirs so, too. */
  private static final Pattern IN_QUERY = Pattern.compile("[?&;]([^=&;#\\s]+)=[^&;#\\s]+");

  private static final Set<String> NAMES_IN_QUERY = Set.of("key", "sig", "signature");
  private static final Pattern ADDRESS = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://\\S*");
  private static final Pattern HUMP = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
  private static final String CURE = "; write { \"env\": \"NAME\" } or { \"file\": \"path\" }";

  private final Outline document;
  private final Findings findings;

  PlainSecrets(Outline document, Findings findings) {
    this.document = document;
    this.findings = findings;
  }

  void review() {
    document
        .root()
        .path("webhooks")
        .properties()
        .forEach(
            hook -> webhook("/webhooks/" + PolicyTexts.escaped(hook.getKey()), hook.getValue()));
    document
        .root()
        .path("servers")
        .properties()
        .forEach(server ->
            server
                .getValue()
                .path("transport")
                .properties()
                .forEach(transport ->
                    walk(
                        "/servers/"
                            + PolicyTexts.escaped(server.getKey())
                            + "/transport/"
                            + PolicyTexts.escaped(transport.getKey()),
                        "",
                        transport.getValue())));
  }

  private void webhook(String at, JsonNode hook) {
    JsonNode secret = hook.path("secret");
    if (secret.isTextual()) {
      add(at + "/secret", "the secret stands here in plain text" + CURE);
    }
    for (int i = 0; i < secret.size(); i++) {
      if (secret.path(i).isTextual()) {
        add(at + "/secret/" + i, "the secret stands here in plain text" + CURE);
      }
    }
  }

  /** The value of a transport's config at a key, and what is below. */
  private void walk(String at, String key, JsonNode value) {
    boolean reference = value.size() == 1 && (value.has("env") || value.has("file"));
    if (value.isObject() && !(reference && value.elements().next().isTextual())) {
      value
          .properties()
          .forEach(member ->
              walk(
                  at + "/" + PolicyTexts.escaped(member.getKey()),
                  member.getKey(),
                  member.getValue()));
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        argument(at + "/" + i, i == 0 ? "" : value.path(i - 1).asText(), value.path(i).asText());
      }
    } else if (value.isTextual() && PASSWORD_IN_URL.matcher(value.asText()).matches()) {
      add(
          at,
          "the address holds a password in plain text; send it in \"headers\" or \"env\" with"
              + " { \"env\": \"NAME\" }");
    } else if (value.isTextual() && hasSecretInQuery(value.asText())) {
      add(
          at,
          "the address holds a secret in its query in plain text; send it in \"headers\" or \"env\""
              + " with { \"env\": \"NAME\" }");
    } else if (value.isTextual() && isSecret(key, value.asText())) {
      add(at, "a secret seems to stand here in plain text" + CURE);
    }
  }

  private void argument(String at, String before, String text) {
    boolean named = OPTION.matcher(before + "=" + text).matches() && !text.startsWith("-");
    if ((named && !before.contains("="))
        || OPTION.matcher(text).matches()
        || VALUE.matcher(text).matches()
        || PASSWORD_IN_URL.matcher(text).matches()
        || hasSecretInQuery(text)) {
      add(
          at,
          "a secret seems to stand in the command line, which other programs of the machine can"
              + " see; hand it over in \"env\" with { \"env\": \"NAME\" }");
    }
  }

  private static boolean isSecret(String key, String value) {
    return !value.isBlank() && (isSecretName(key) || VALUE.matcher(value).matches());
  }

  /** {@code authToken} is written {@code auth_token}, too. */
  private static boolean isSecretName(String name) {
    return NAME.matcher(HUMP.matcher(name).replaceAll("_")).matches();
  }

  private static boolean hasSecretInQuery(String text) {
    return ADDRESS.matcher(text).find()
        && IN_QUERY
            .matcher(text)
            .results()
            .map(member -> member.group(1))
            .anyMatch(name ->
                isSecretName(name) || NAMES_IN_QUERY.contains(name.toLowerCase(Locale.ROOT)));
  }

  private void add(String pointer, String message) {
    findings.add(FindingKind.PLAIN_SECRET, document, pointer, message);
  }
}
