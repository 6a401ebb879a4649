package dev.tollbar.document;

import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Secret;
import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;
import dev.tollbar.document.Kinds.LoadedKind;
import dev.tollbar.plugins.ConfigMaker;
import dev.tollbar.plugins.LatePluginException;
import dev.tollbar.policy.Wording;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the servers, webhooks and grants of a version 2 document. */
final class GatewayReader {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayReader.class);

  private final Desk desk;

  GatewayReader(Desk desk) {
    this.desk = desk;
  }

  private interface EntryReader<T> {
    Optional<T> read(String name, Place place);
  }

  Map<String, Webhook> webhooks(Place place) {
    Map<String, Webhook> webhooks = named("a webhook name", place, this::webhook);
    // Also one with a problem is one that rules can name: one message per fault.
    desk.members(place).forEach(member -> desk.webhooks().add(member.getKey()));
    return webhooks;
  }

  Map<String, ServerSpec> servers(Place place) {
    return named("a server name", place, this::server);
  }

  Map<String, DocumentGrant> grants(Place root) {
    Map<String, String> tokens = new HashMap<>();
    return named(
        "a grant name", root.child("grants"), (name, place) -> grant(name, place, root, tokens));
  }

  RecordTerms records(Place place) {
    return place.exists()
        ? desk.binder().bind(RecordTerms.class, place, desk.problems()).orElse(RecordTerms.DEFAULT)
        : RecordTerms.DEFAULT;
  }

  CapacityTerms capacity(Place place) {
    return place.exists()
        ? desk.binder()
            .bind(CapacityTerms.class, place, desk.problems())
            .orElse(CapacityTerms.DEFAULT)
        : CapacityTerms.DEFAULT;
  }

  /** Under which tests the document comes into force, if it asks for that. */
  Optional<ReloadTests> reloadTests(Place place) {
    if (!place.exists()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ReloadTests.of(place.node()));
    } catch (InvalidConfigException e) {
      desk.problems().addAll(place.invalid(e));
      return Optional.empty();
    }
  }

  private <T> Map<String, T> named(String what, Place place, EntryReader<T> reader) {
    Map<String, T> entries = new LinkedHashMap<>();
    for (var member : desk.members(place)) {
      String name = member.getKey();
      if (desk.isName(member.getValue(), what, name)) {
        reader.read(name, member.getValue()).ifPresent(entry -> entries.put(name, entry));
      }
    }
    return entries;
  }

  private Optional<Webhook> webhook(String name, Place place) {
    Optional<GatewayEntries.Hook> hook =
        desk.binder().bind(GatewayEntries.Hook.class, place, desk.problems());
    if (hook.isEmpty()) {
      return Optional.empty();
    }
    Optional<URI> url = url(place.child("url"), hook.get().url());
    Place secret = place.child("secret");
    List<Place> places = secret.node().isArray() ? secret.items() : List.of(secret);
    List<Secret> secrets = new ArrayList<>();
    places.forEach(each -> desk.secrets().resolve(each, desk.problems()).ifPresent(secrets::add));
    if (places.isEmpty()) {
      desk.problems().add(secret.problem("expected at least one secret; found an empty list"));
    }
    return url.map(known -> new Webhook(name, known, secrets));
  }

  private Optional<URI> url(Place place, String text) {
    try {
      URI url = new URI(text);
      String scheme = url.getScheme() == null ? "" : url.getScheme();
      if (url.getHost() != null && (scheme.equals("https") || scheme.equals("http"))) {
        return Optional.of(url);
      }
    } catch (URISyntaxException _) {
      // As any other text that is no such URL.
    }
    desk.problems().add(place.expected("an http or https URL"));
    return Optional.empty();
  }

  private Optional<ServerSpec> server(String name, Place place) {
    Optional<GatewayEntries.Server> server =
        desk.binder().bind(GatewayEntries.Server.class, place, desk.problems());
    Place transport = place.child("transport");
    if (!transport.exists()) {
      return Optional.empty();
    }
    if (!transport.node().isObject() || transport.node().size() != 1) {
      desk.problems()
          .add(
              transport.problem(
                  "expected an object with one transport kind; found "
                      + (transport.node().isObject()
                          ? transport.node().size() + " keys"
                          : Wording.found(transport.node()))));
      return Optional.empty();
    }
    String kind = transport.node().fieldNames().next();
    Place config = transport.child(kind);
    Optional<LoadedKind<TransportKind<?>>> loaded = desk.context().kinds().transport(kind);
    if (loaded.isEmpty()) {
      desk.problems().add(unknown(kind, config));
      return Optional.empty();
    }
    return server.flatMap(
        entry -> spec(name, entry, loaded.get().kind(), loaded.get().plugin(), config));
  }

  private Problem unknown(String name, Place place) {
    List<LoadedKind<TransportKind<?>>> loaded = desk.context().kinds().transports();
    return place.keyProblem(
        "unknown transport kind "
            + Wording.quote(name)
            + "; loaded: "
            + Desk.names(
                loaded.stream().map(kind -> kind.kind().name() + " (" + kind.jar() + ")").toList())
            + Wording.didYouMean(name, loaded.stream().map(kind -> kind.kind().name()).toList()));
  }

  private <C extends Record> Optional<ServerSpec> spec(
      String name, GatewayEntries.Server entry, TransportKind<C> kind, String plugin, Place place) {
    int before = desk.secrets().resolved().size();
    try {
      Optional<C> config =
          desk.binder()
              .making(ConfigMaker.of(kind))
              .bind(kind.configType(), place, desk.problems());
      Canonical digest = new Canonical().add(name).add(kind.name()).add(plugin);
      digest.add(entry.timeout().toString()).add(place.node().toString());
      List<String> resolved = desk.secrets().resolved();
      resolved.subList(before, resolved.size()).forEach(digest::add);
      String hex = digest.hex();
      return config.map(bound ->
          new ServerSpec(
              name,
              kind.name(),
              plugin,
              entry.timeout(),
              entry.capacity(),
              hex,
              context -> open(kind, plugin, bound, place, context)));
    } catch (LatePluginException e) {
      desk.problems().add(late(plugin, place, e));
      return Optional.empty();
    } catch (ConfigBinder.PluginException e) {
      LOG.error("plugin {} failed on {}", plugin, place.pointer(), e);
      desk.problems().add(failed(plugin, place));
      return Optional.empty();
    }
  }

  private static Problem late(String plugin, Place place, LatePluginException e) {
    return place.problem("the plugin " + plugin + " " + e.getMessage());
  }

  private static Problem failed(String plugin, Place place) {
    return place.problem("the plugin " + plugin + " failed on this entry");
  }

  private static <C extends Record> UpstreamTransport open(
      TransportKind<C> kind, String plugin, C config, Place place, TransportContext context)
      throws DocumentException {
    try {
      return kind.open(config, context);
    } catch (InvalidConfigException e) {
      throw new DocumentException(place.invalid(e));
    } catch (LatePluginException e) {
      throw new DocumentException(List.of(late(plugin, place, e)));
    } catch (RuntimeException | LinkageError e) {
      LOG.error("plugin {} failed on {}", plugin, place.pointer(), e);
      throw new DocumentException(List.of(failed(plugin, place)));
    }
  }

  private Optional<DocumentGrant> grant(
      String name, Place place, Place root, Map<String, String> tokens) {
    Optional<GatewayEntries.Grant> grant =
        desk.binder().bind(GatewayEntries.Grant.class, place, desk.problems());
    reaches(place.child("servers"), root);
    Place end = place.child("expires");
    Optional<Instant> expires =
        Optional.ofNullable(end.node().textValue()).flatMap(text -> instant(end, text));
    return grant.map(entry -> {
      String sha256 = entry.token().sha256();
      String other = tokens.putIfAbsent(sha256, name);
      if (other != null) {
        desk.problems()
            .add(
                place
                    .child("token")
                    .child("sha256")
                    .problem(
                        "expected a token of its own; found that of the grant "
                            + Wording.quote(other)));
      }
      return new DocumentGrant(name, sha256, entry.servers(), entry.labels(), expires);
    });
  }

  /** Whether there are the servers and policies that a grant names. */
  private void reaches(Place servers, Place root) {
    if (!servers.node().isObject()) {
      return;
    }
    servers
        .members()
        .forEach((server, policy) -> {
          known(root.child("servers"), "server", server)
              .ifPresent(message -> desk.problems().add(policy.keyProblem(message)));
          Optional.ofNullable(policy.node().textValue())
              .flatMap(name -> known(root.child("policies"), "policy", name))
              .ifPresent(message -> desk.problems().add(policy.problem(message)));
        });
  }

  private static Optional<String> known(Place place, String what, String name) {
    List<String> names = new ArrayList<>();
    place.node().fieldNames().forEachRemaining(names::add);
    return names.contains(name)
        ? Optional.empty()
        : Optional.of(Desk.unknownName(what, name, names));
  }

  private Optional<Instant> instant(Place place, String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException _) {
      desk.problems().add(place.expected("a time such as \"2027-06-30T00:00:00Z\""));
      return Optional.empty();
    }
  }
}
