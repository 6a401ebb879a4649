package dev.tollbar.consent;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Secret;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A webhook of the document: who is asked.
 *
 * @param name its key under {@code webhooks}
 * @param secrets what questions and answers are signed with; while a secret is being changed, the
 *     new and the old one
 */
public record WebhookTarget(String name, URI url, List<Secret> secrets) {

  /**
   * Checks the target.
   *
   * @throws InvalidConfigException naming the keys of the document that are wrong
   */
  public WebhookTarget {
    secrets = List.copyOf(secrets);
    List<InvalidConfigException.Problem> problems = new ArrayList<>();
    boolean http =
        "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
    if (!http || url.getHost() == null || url.getRawUserInfo() != null) {
      problems.add(
          new InvalidConfigException.Problem(
              "url",
              "an http or https URL with a host and without a user name",
              "\"" + Texts.cut(withoutUserInfo(url), 80) + "\""));
    }
    if (secrets.isEmpty() || secrets.stream().anyMatch(secret -> !isKey(secret))) {
      problems.add(
          new InvalidConfigException.Problem(
              "secret",
              "whsec_ followed by base64, or a text that is not empty",
              secrets.isEmpty() ? "no secret" : "[redacted]"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(problems);
    }
  }

  private static String withoutUserInfo(URI url) {
    String userInfo = url.getRawUserInfo();
    return userInfo == null ? url.toString() : url.toString().replace(userInfo, "[redacted]");
  }

  private static boolean isKey(Secret secret) {
    try {
      return WebhookSignature.key(secret).length > 0;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
