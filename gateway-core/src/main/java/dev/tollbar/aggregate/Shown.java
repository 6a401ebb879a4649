package dev.tollbar.aggregate;

import dev.tollbar.protocol.ListEntry;
import dev.tollbar.protocol.ListFilter;
import dev.tollbar.protocol.Listing;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Optional;

/** How the entries of servers' lists are shown to the client of many, and what they tell. */
final class Shown {

  /** Writes the entries of all pages, with commas between them. */
  void entries(
      JointSession client, Listing listing, Map<String, Page> pages, ByteArrayOutputStream out) {
    boolean first = true;
    for (Map.Entry<String, Page> page : pages.entrySet()) {
      Optional<ListFilter> list = page.getValue().entries();
      int size = list.map(it -> it.entries().size()).orElse(0);
      for (int i = 0; i < size; i++) {
        if (!first) {
          out.write(',');
        }
        first = false;
        out.writeBytes(entry(client, listing, page.getKey(), list.orElseThrow().entry(i)));
      }
    }
  }

  private static byte[] entry(
      JointSession client, Listing listing, String server, ListEntry entry) {
    String key = entry.key();
    return switch (listing) {
      case TOOLS ->
          entry.as(
              client.names().of(server, key),
              entry.appResource().map(uri -> client.uris().listed(uri, server)));
      case PROMPTS -> entry.as(client.names().of(server, key), entry.appResource());
      case RESOURCES -> entry.as(client.uris().listed(key, server), entry.appResource());
      case TEMPLATES -> entry.as(client.uris().listedTemplate(key, server), entry.appResource());
      case TASKS -> {
        client.tasks().mentioned(key, server);
        yield entry.bytes();
      }
    };
  }
}
