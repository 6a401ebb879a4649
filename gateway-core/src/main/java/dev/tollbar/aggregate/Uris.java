package dev.tollbar.aggregate;

import dev.tollbar.aggregate.Owners.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whose resource a URI names. URIs stay as their servers write them: clients look at their schemes
 * ({@code ui://}), and they stand in results and in text that the gateway does not rewrite. Only
 * where a second server lists what a first one has, its URI is shown with {@code #tollbar=server}
 * behind it, which is taken off again without knowing anything else.
 *
 * <p>One session; safe for use by many threads.
 */
final class Uris {
  private static final int MOST_TEMPLATES = 2_000;
  private static final Pattern MARKED =
      Pattern.compile("(.+)[#&]tollbar=([A-Za-z0-9][A-Za-z0-9._-]{0,63})", Pattern.DOTALL);

  private record Known(String server, Template template) {}

  private final Owners owners = new Owners();
  private final Owners templateOwners = new Owners();
  private final List<Known> templates = new ArrayList<>();

  /** What a URI that a server lists is called. */
  String listed(String uri, String server) {
    return shown(uri, server, owners.listed(uri, server));
  }

  /** The same for a template. */
  String listedTemplate(String template, String server) {
    String shown = shown(template, server, templateOwners.listed(template, server));
    if (shown.equals(template)) {
      synchronized (templates) {
        Known known = new Known(server, Template.of(template));
        if (templates.size() < MOST_TEMPLATES && !templates.contains(known)) {
          templates.add(known);
        }
      }
    }
    return shown;
  }

  /** A result of the server holds this URI. */
  void mentioned(String uri, String server) {
    owners.mentioned(uri, server);
  }

  /** What a URI that a server tells of is called, without learning anything. */
  String told(String uri, String server) {
    return switch (owner(uri)) {
      case Owner.Known(String owner) -> shown(uri, server, owner);
      case Owner.Contested _ -> shown(uri, server, "");
      case Owner.Unknown _ -> shown(uri, server, server);
    };
  }

  /** Whose URI a client means, or a template's; empty if nobody knows, or two servers say. */
  Optional<Owned> find(String uri, Set<String> servers) {
    Optional<Owned> marked = marked(uri, servers);
    if (marked.isPresent()) {
      return marked;
    }
    return owner(uri) instanceof Owner.Known(String server)
        ? Optional.of(new Owned(server, uri))
        : Optional.empty();
  }

  /** Whose a URI without a mark is. */
  private Owner owner(String uri) {
    Owner owner = owners.find(uri);
    if (!(owner instanceof Owner.Unknown)) {
      return owner;
    }
    Owner ofTemplate = templateOwners.find(uri);
    return ofTemplate instanceof Owner.Known ? ofTemplate : byTemplate(uri);
  }

  /** The server whose template says most about the URI. */
  private Owner byTemplate(String uri) {
    int best = 0;
    Owner owner = new Owner.Unknown();
    synchronized (templates) {
      for (Known known : templates) {
        int fit = known.template().fit(uri);
        if (fit > best) {
          best = fit;
          owner = new Owner.Known(known.server());
        } else if (fit > 0 && fit == best && !owner.equals(new Owner.Known(known.server()))) {
          owner = new Owner.Contested();
        }
      }
    }
    return owner;
  }

  private static String shown(String uri, String server, String owner) {
    // What looks marked already is marked once more, so that one mark can always be taken off.
    return owner.equals(server) && !MARKED.matcher(uri).matches()
        ? uri
        : uri + (uri.indexOf('#') < 0 ? "#" : "&") + "tollbar=" + server;
  }

  private static Optional<Owned> marked(String uri, Set<String> servers) {
    Matcher parts = MARKED.matcher(uri);
    return parts.matches() && servers.contains(parts.group(2))
        ? Optional.of(new Owned(parts.group(2), parts.group(1)))
        : Optional.empty();
  }
}
