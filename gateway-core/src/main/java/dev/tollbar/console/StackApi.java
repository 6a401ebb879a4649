package dev.tollbar.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Tool;
import dev.tollbar.console.GatewayAccess.KnownGrant;
import dev.tollbar.console.GatewayAccess.KnownServer;
import dev.tollbar.document.Revision;
import dev.tollbar.history.Standing;
import dev.tollbar.history.Words;
import dev.tollbar.http.AdminReply;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.Section;
import dev.tollbar.policy.SectionRules;
import dev.tollbar.policy.Selector;
import dev.tollbar.policy.Treatment;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Servers, and what policies do with their tools. */
final class StackApi {
  private final GatewayAccess gateway;
  private final InstantSource clock;

  StackApi(GatewayAccess gateway, InstantSource clock) {
    this.gateway = gateway;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/me", Permission.READ, call -> Json.ok(me(call))),
        Route.get("/health", Permission.READ, _ -> Json.ok(health())),
        Route.get("/servers", Permission.READ, _ -> Json.ok(servers())),
        Route.get("/servers/{name}/tools", Permission.READ, this::tools),
        Route.get("/limits", Permission.READ, _ -> Json.ok(limits())),
        Route.get("/plugins", Permission.READ, _ -> Json.ok(plugins())),
        Route.get("/state", Permission.READ, _ -> Json.ok(state())),
        Route.get("/grants", Permission.READ, _ -> Json.ok(grants())));
  }

  private ObjectNode me(ApiCall call) {
    return Me.json(call.operator()).put("version", gateway.version());
  }

  private ObjectNode health() {
    return (ObjectNode) Json.read(gateway.health().json()).orElseGet(Json::object);
  }

  private ObjectNode plugins() {
    return (ObjectNode) Json.read(gateway.plugins()).orElseGet(Json::object);
  }

  private ObjectNode state() throws ApiProblem {
    return (ObjectNode) Json.read(gateway.state()).orElseGet(Json::object);
  }

  private ObjectNode limits() {
    ObjectNode json = Json.object();
    ArrayNode items = json.putArray("items");
    for (GatewayAccess.KnownLimit limit : gateway.limits()) {
      ObjectNode item = items.addObject();
      item.put("grant", limit.grant());
      item.put("server", limit.server());
      item.put("policy", limit.policy());
      item.put("rule", limit.rule());
      item.put("shadow", limit.shadow());
      Json.put(item, "limit", limit.limit());
      Json.put(item, "max", limit.max());
      Json.put(item, "left", limit.left());
      Json.put(item, "resets_at", limit.resetsAt());
      Json.put(item, "note", limit.note());
    }
    return json;
  }

  private ObjectNode servers() {
    ObjectNode json = Json.object();
    ArrayNode items = json.putArray("items");
    List<KnownGrant> valid = valid();
    for (KnownServer server : sorted(gateway.servers())) {
      ObjectNode item = items.addObject();
      item.put("name", server.name());
      item.put("kind", server.kind());
      item.put("plugin", server.plugin());
      item.put("up", server.up());
      item.put("detail", server.detail());
      item.put("tools", server.tools().size());
      List<KnownGrant> grants = reaching(valid, server.name());
      ArrayNode names = item.putArray("grants");
      grants.forEach(grant -> names.add(grant.name()));
    }
    return json;
  }

  private static List<KnownServer> sorted(List<KnownServer> servers) {
    return servers.stream().sorted(Comparator.comparing(KnownServer::name)).toList();
  }

  private List<KnownGrant> valid() {
    Instant now = clock.instant();
    return gateway.grants().stream()
        .filter(grant -> valid(grant, now))
        .sorted(Comparator.comparing(KnownGrant::name))
        .toList();
  }

  private static List<KnownGrant> reaching(List<KnownGrant> grants, String server) {
    return grants.stream().filter(grant -> grant.servers().containsKey(server)).toList();
  }

  private static boolean valid(KnownGrant grant, Instant now) {
    return grant.revoked().isEmpty() && grant.expires().map(now::isBefore).orElse(true);
  }

  private ObjectNode grants() {
    Instant now = clock.instant();
    ObjectNode json = Json.object();
    ArrayNode items = json.putArray("items");
    for (KnownGrant grant :
        gateway.grants().stream().sorted(Comparator.comparing(KnownGrant::name)).toList()) {
      ObjectNode item = items.addObject();
      item.put("name", grant.name());
      item.put("source", grant.source());
      item.put("valid", valid(grant, now));
      texts(item.putObject("servers"), grant.servers());
      texts(item.putObject("labels"), grant.labels());
      Json.put(item, "expires", grant.expires());
      Json.put(item, "revoked", grant.revoked());
    }
    return json;
  }

  private static void texts(ObjectNode json, Map<String, String> texts) {
    new TreeMap<>(texts).forEach(json::put);
  }

  /** One server's tools, and what each grant that reaches it may do with them. */
  private AdminReply tools(ApiCall call) throws ApiProblem {
    String name = call.path("name");
    gateway.learnTools(name);
    KnownServer server =
        gateway.servers().stream()
            .filter(known -> known.name().equals(name))
            .findFirst()
            .orElseThrow(() -> ApiProblem.notFound("There is no such server."));
    List<KnownGrant> grants = reaching(valid(), name);
    return Json.ok(gateway.during(revision -> matrix(revision, server, grants)));
  }

  private static ObjectNode matrix(Revision revision, KnownServer server, List<KnownGrant> grants) {
    ObjectNode json = Json.object();
    json.put("server", server.name());
    json.put("revision", revision.id());
    ArrayNode columns = json.putArray("grants");
    Map<String, Tool> tools = new TreeMap<>();
    for (KnownGrant grant : grants) {
      String policy = grant.servers().getOrDefault(server.name(), "");
      columns
          .addObject()
          .put("name", grant.name())
          .put("policy", policy)
          .put("shadow", policy(revision, policy).shadow());
      named(policy(revision, policy)).forEach(tool -> tools.put(tool.name(), tool));
    }
    server.tools().forEach(tool -> tools.put(tool.name(), tool));
    ArrayNode rows = json.putArray("tools");
    for (Tool tool : tools.values()) {
      ObjectNode row = rows.addObject();
      row.put("name", tool.name());
      row.put("listed", tool.seen());
      Json.put(row, "category", tool.category());
      ArrayNode cells = row.putArray("cells");
      for (KnownGrant grant : grants) {
        String policy = grant.servers().getOrDefault(server.name(), "");
        cell(cells.addObject(), policy(revision, policy).treatment(Section.TOOLS, tool));
      }
    }
    return json;
  }

  private static Policy policy(Revision revision, String name) {
    return Optional.ofNullable(revision.policies().get(name)).orElseGet(Policy::none);
  }

  /** Tools that a policy speaks of by name; whether the server has them is not known. */
  private static List<Tool> named(Policy policy) {
    return policy.section(Section.TOOLS).stream()
        .flatMap(rules -> rules.entries().stream())
        .map(SectionRules.Entry::selector)
        .filter(Selector.Exact.class::isInstance)
        .map(selector -> Tool.named(selector.text()))
        .toList();
  }

  private static void cell(ObjectNode cell, Treatment treatment) {
    cell.put("standing", Standing.of(treatment).word());
    ArrayNode rules = cell.putArray("rules");
    if (!treatment.hidden() && !treatment.refused()) {
      treatment.rules().forEach(rule -> rules.add(Words.of(rule)));
    }
  }
}
