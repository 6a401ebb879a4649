package dev.tollbar.document;

import dev.tollbar.api.Secret;
import java.net.URI;
import java.util.List;

/**
 * Where people are told of approvals.
 *
 * @param secrets what deliveries are signed with: at least one, the newest first
 */
public record Webhook(String name, URI url, List<Secret> secrets) {
  public Webhook {
    secrets = List.copyOf(secrets);
  }
}
