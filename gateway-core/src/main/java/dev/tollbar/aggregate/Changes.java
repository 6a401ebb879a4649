package dev.tollbar.aggregate;

import dev.tollbar.protocol.ListChanged;
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

  /** The change; empty for lists of which none is told. */
  static Optional<ListChanged> of(Listing listing) {
    return switch (listing) {
      case TOOLS -> Optional.of(ListChanged.TOOLS);
      case PROMPTS -> Optional.of(ListChanged.PROMPTS);
      case RESOURCES -> Optional.of(ListChanged.RESOURCES);
      // Templates change with resources.
      case TEMPLATES, TASKS -> Optional.empty();
    };
  }
}
