package dev.tollbar.aggregate;

import dev.tollbar.protocol.Listing;
import java.util.Optional;

/** Which capability a list belongs to, how it is asked for, and how its changes are told. */
final class Changes {
  private Changes() {}

  static String capability(Listing listing) {
    return switch (listing) {
      case TOOLS -> "tools";
      case PROMPTS -> "prompts";
      case RESOURCES, TEMPLATES -> "resources";
      case TASKS -> "tasks";
    };
  }

  /** The request for it. */
  static String method(Listing listing) {
    return listing == Listing.TEMPLATES
        ? "resources/templates/list"
        : capability(listing) + "/list";
  }

  /** The notification; empty for lists that have none. */
  static Optional<String> notification(Listing listing) {
    return switch (listing) {
      case TOOLS, PROMPTS, RESOURCES ->
          Optional.of("notifications/" + capability(listing) + "/list_changed");
      // Templates change with resources.
      case TEMPLATES, TASKS -> Optional.empty();
    };
  }
}
