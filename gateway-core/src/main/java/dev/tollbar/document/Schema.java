package dev.tollbar.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Doc;
import dev.tollbar.api.RuleKind;
import dev.tollbar.document.Kinds.LoadedKind;
import dev.tollbar.policy.ConditionCompiler;
import dev.tollbar.policy.Dialect;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The JSON Schema (2020-12) of both versions, with the configs of all loaded kinds. Made from the
 * same shapes that the binder reads by.
 */
public final class Schema {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private static final String DEFAULT = "What becomes of what is not listed";
  private static final String HIDE =
      "What is taken off lists and denied: selectors, or @unlisted for all that \"default\":"
          + " \"deny\" refuses";
  private static final String ON_DENY = "What the agent is told when the rule denies";

  private final ObjectNode definitions = NODES.objectNode();

  /** Where definitions of records are being made: they may hold themselves. */
  private final Set<String> begun = new TreeSet<>();

  private Dialect dialect = Dialect.VERSION_2;

  private Schema() {}

  /** The schema of documents of either version that use these kinds. */
  public static ObjectNode of(Kinds kinds) {
    Schema schema = new Schema();
    ObjectNode root = schema.root("Tollbar document");
    root.putArray("oneOf").add(schema.first(kinds)).add(schema.second(kinds));
    return schema.ended(root);
  }

  /** The same, and of a strictly read file that lies beside documents. */
  public static ObjectNode of(Kinds kinds, Class<? extends Record> beside) {
    Schema schema = new Schema();
    ObjectNode root = schema.root("Tollbar document, or a file beside it");
    root.putArray("oneOf")
        .add(schema.first(kinds))
        .add(schema.second(kinds))
        .add(schema.record(beside));
    return schema.ended(root);
  }

  /** The schema of documents of version 1 alone. */
  public static ObjectNode ofFirst(Kinds kinds) {
    Schema schema = new Schema();
    schema.dialect = Dialect.VERSION_1;
    return schema.ended(schema.root("Tollbar document, version 1").setAll(schema.first(kinds)));
  }

  /** The schema of documents of version 2 alone. */
  public static ObjectNode ofSecond(Kinds kinds) {
    Schema schema = new Schema();
    return schema.ended(schema.root("Tollbar document, version 2").setAll(schema.second(kinds)));
  }

  /** The schema of a strictly read file. */
  public static ObjectNode of(String title, Class<? extends Record> type) {
    Schema schema = new Schema();
    return schema.ended(schema.root(title).setAll(schema.record(type)));
  }

  private ObjectNode root(String title) {
    return NODES
        .objectNode()
        .put("$schema", "https://json-schema.org/draft/2020-12/schema")
        .put("title", title);
  }

  private ObjectNode ended(ObjectNode root) {
    root.set("$defs", definitions);
    return root;
  }

  private ObjectNode first(Kinds kinds) {
    ObjectNode version = NODES.objectNode();
    ObjectNode properties = version.putObject("properties");
    properties.set("version", said("One rule set for one server", constant("1")));
    properties.set("default", said(DEFAULT, choice(PolicyReader.DEFAULTS)));
    ArrayNode hide =
        properties
            .putObject("hide")
            .put(
                "description", "Tools that are taken off lists and denied: names, or \"*\" for all")
            .putArray("anyOf");
    hide.add(list(type("string"))).addObject().put("const", "*");
    ObjectNode all = closed(properties.putObject("all_tools"));
    all.put("description", "Limits that count every tool call");
    ObjectNode tool = closed(NODES.objectNode());
    ObjectNode keys = tool.putObject("properties");
    keys.set(
        "action",
        said(
            "What becomes of every call",
            choice(List.of("allow", "deny", "require_approval")).put("default", "allow")));
    keys.set("reason", said("What the agent is told, beside \"action\": \"deny\"", type("string")));
    for (String name : List.of("require", "deny_if", "limits")) {
      kinds.rule(name).ifPresent(kind -> keys.set(name, list(firstRule(kind))));
    }
    kinds.rule("rate_limit").ifPresent(kind -> keys.set("rate_limit", config(kind)));
    ObjectNode allKeys = all.putObject("properties");
    kinds.rule("limits").ifPresent(kind -> allKeys.set("limits", list(config(kind))));
    properties.set("tools", said("The tools that are listed, by their exact names", map(tool)));
    closed(version).putArray("required").add("version").add("default");
    return version;
  }

  private ObjectNode firstRule(LoadedKind<RuleKind<?>> kind) {
    ObjectNode rule = config(kind).deepCopy();
    if (rule.path("properties").has("conditions")) {
      ((ObjectNode) rule.path("properties")).set("on_deny", said(ON_DENY, type("string")));
    }
    return rule;
  }

  private ObjectNode second(Kinds kinds) {
    definitions.set("rules", rules(kinds));
    ObjectNode version = NODES.objectNode();
    ObjectNode properties = version.putObject("properties");
    properties.set("version", said("Servers, policies and grants", constant("2")));
    ObjectNode server = record(GatewayEntries.Server.class).deepCopy();
    ((ObjectNode) server.path("properties")).set("transport", transport(kinds));
    properties.set("servers", said("The MCP servers behind the gateway, by name", map(server)));
    properties.set("policies", said("Rule sets, by name", map(policy())));
    ObjectNode hook = record(GatewayEntries.Hook.class).deepCopy();
    ObjectNode secret = NODES.objectNode();
    secret.putArray("anyOf").add(secret()).add(list(secret()).put("minItems", 1));
    ((ObjectNode) hook.path("properties")).set("secret", secret);
    properties.set("webhooks", said("Who is told of approvals, by name", map(hook)));
    properties.set(
        "grants", said("Who reaches what, by name", map(record(GatewayEntries.Grant.class))));
    ObjectNode records = record(RecordTerms.class);
    properties.set(
        "records",
        records.has("description") ? records : said("How decision records are kept", records));
    properties.set("capacity", said("How much the gateway takes on", record(CapacityTerms.class)));
    properties.set(
        "on_reload",
        said(
            "What a document must pass before it comes into force",
            shape(Shape.of(ReloadTests.class))));
    closed(version).putArray("required").add("version");
    return version;
  }

  private ObjectNode transport(Kinds kinds) {
    ObjectNode transport =
        closed(NODES.objectNode()).put("minProperties", 1).put("maxProperties", 1);
    ObjectNode properties = transport.putObject("properties");
    kinds
        .transports()
        .forEach(kind -> properties.set(kind.kind().name(), record(kind.kind().configType())));
    return transport;
  }

  private ObjectNode rules(Kinds kinds) {
    ObjectNode rules = closed(NODES.objectNode());
    ObjectNode properties = rules.putObject("properties");
    for (LoadedKind<RuleKind<?>> kind : kinds.rules()) {
      ObjectNode config = config(kind).deepCopy();
      ObjectNode keys = (ObjectNode) config.path("properties");
      keys.set("id", said("A stable name, unique in the policy", type("string")));
      keys.set("on_deny", said(ON_DENY, type("string")));
      keys.set("mode", mode());
      ObjectNode rule = properties.putObject(kind.kind().name());
      Optional.ofNullable(config.path("description").textValue())
          .ifPresent(text -> rule.put("description", text));
      rule.putArray("anyOf").add(config).add(list(config));
    }
    return rules;
  }

  private ObjectNode policy() {
    ObjectNode inline = closed(NODES.objectNode());
    ObjectNode properties = inline.putObject("properties");
    properties.set("default", said(DEFAULT, choice(PolicyReader.DEFAULTS)));
    properties.set("mode", mode());
    properties.set("hide", said(HIDE, list(type("string"))));
    properties.set("all_tools", said("Rules for every tool", reference("rules")));
    properties.set(
        "tools",
        said(
            "Rules by selector: a name, a pattern such as read_*, @category:destructive or"
                + " @annotation:readOnlyHint=true. Every entry that matches applies",
            map(reference("rules"))));
    properties.set("prompts", said("The same for prompts", section()));
    properties.set("resources", said("The same for resources, by URI", section()));
    ObjectNode requests = closed(properties.putObject("server_requests"));
    requests.put("description", "What servers may ask of clients");
    ObjectNode asked = requests.putObject("properties");
    for (String request : List.of("sampling", "elicitation", "roots")) {
      asked.set(request, choice(PolicyReader.DEFAULTS).put("default", "allow"));
    }
    properties.set(
        "record_values",
        map(list(type("string").put("pattern", "^args")))
            .put("description", "Arguments whose values are recorded: paths, by tools"));
    properties.set(
        "validate_arguments",
        type("boolean")
            .put(
                "description",
                "Whether arguments are checked by the tool's input schema; absent: where it is"
                    + " known"));
    inline.putArray("required").add("default");
    ObjectNode file = closed(NODES.objectNode());
    ObjectNode beside = file.putObject("properties");
    beside.set("file", said("The policy's file, in the document's folder", type("string")));
    beside.set("mode", mode());
    file.putArray("required").add("file");
    ObjectNode policy = NODES.objectNode();
    policy.putArray("oneOf").add(inline).add(file);
    return policy;
  }

  private static ObjectNode section() {
    ObjectNode section = closed(NODES.objectNode());
    ObjectNode properties = section.putObject("properties");
    properties.set("default", said(DEFAULT, choice(PolicyReader.DEFAULTS)));
    properties.set("hide", said(HIDE, list(type("string"))));
    properties.set(
        "entries", said("Rules by name or URI, or by a pattern", map(reference("rules"))));
    section.putArray("required").add("default");
    return section;
  }

  private ObjectNode config(LoadedKind<RuleKind<?>> kind) {
    return record(kind.kind().configType());
  }

  private ObjectNode record(Class<? extends Record> type) {
    ObjectNode record = closed(NODES.objectNode());
    Optional.ofNullable(type.getAnnotation(Doc.class))
        .ifPresent(doc -> record.put("description", doc.value()));
    ObjectNode properties = record.putObject("properties");
    ArrayNode required = NODES.arrayNode();
    for (Shape.Key key : Shape.keys(type)) {
      ObjectNode schema = shape(key.shape());
      key.doc().ifPresent(doc -> schema.put("description", doc));
      key.fallback().ifPresent(value -> schema.set("default", value));
      properties.set(key.name(), schema);
      if (!key.optional() && key.fallback().isEmpty()) {
        required.add(key.name());
      }
    }
    if (!required.isEmpty()) {
      record.set("required", required);
    }
    return record;
  }

  private ObjectNode shape(Shape shape) {
    return switch (shape) {
      case Shape.Text _ -> type("string");
      case Shape.Flag _ -> type("boolean");
      case Shape.Whole _ -> type("integer");
      case Shape.Decimal _ -> {
        ObjectNode decimal = NODES.objectNode();
        decimal.putArray("type").add("number").add("string");
        yield decimal.put("pattern", "^-?[0-9]+(\\.[0-9]+)?$");
      }
      case Shape.Span _ -> type("string").put("pattern", "^[0-9]+(ms|s|m|h|d)$");
      case Shape.Choice(var words) -> choice(words.keySet());
      case Shape.Anything _ -> NODES.objectNode();
      case Shape.Hidden _ -> secret();
      case Shape.Custom(var _, JsonNode schema) -> schema.<ObjectNode>deepCopy();
      case Shape.Items(var item) -> list(shape(item));
      case Shape.Members(var member) -> map(shape(member));
      case Shape.Fields(var type) -> defined(type);
    };
  }

  /** Nested records are referred to, as they may hold themselves. */
  private ObjectNode defined(Class<? extends Record> type) {
    String name = type.getName().replace('$', '.');
    if (begun.add(name)) {
      ObjectNode record = record(type);
      definitions.set(name, type == Condition.class ? condition(record) : record);
    }
    return reference(name);
  }

  /** Of comparisons all three keys, of groups one. */
  private ObjectNode condition(ObjectNode record) {
    ((ObjectNode) record.path("properties").path("op"))
        .set("enum", choice(ConditionCompiler.operators(dialect)).path("enum"));
    ArrayNode forms = record.putArray("oneOf");
    for (List<String> keys :
        List.of(List.of("path", "op", "value"), List.of("any"), List.of("all"), List.of("not"))) {
      keys.forEach(forms.addObject().putArray("required")::add);
    }
    return record;
  }

  private static ObjectNode secret() {
    ObjectNode secret = NODES.objectNode();
    ArrayNode forms = secret.putArray("anyOf").add(type("string"));
    for (String form : List.of("env", "file")) {
      ObjectNode object = closed(NODES.objectNode());
      object.putObject("properties").set(form, type("string"));
      object.putArray("required").add(form);
      forms.add(object);
    }
    return secret;
  }

  private static ObjectNode mode() {
    return said(
        "shadow: decided and recorded, not acted on",
        choice(PolicyReader.MODES).put("default", "enforce"));
  }

  private static ObjectNode said(String description, ObjectNode schema) {
    return schema.put("description", description);
  }

  private static ObjectNode constant(String value) {
    return NODES.objectNode().put("const", value);
  }

  private static ObjectNode reference(String name) {
    return NODES.objectNode().put("$ref", "#/$defs/" + name);
  }

  private static ObjectNode type(String name) {
    return NODES.objectNode().put("type", name);
  }

  private static ObjectNode closed(ObjectNode object) {
    return object.put("type", "object").put("additionalProperties", false);
  }

  private static ObjectNode list(ObjectNode item) {
    ObjectNode list = type("array");
    list.set("items", item);
    return list;
  }

  private static ObjectNode map(ObjectNode member) {
    ObjectNode map = type("object");
    map.set("additionalProperties", member);
    return map;
  }

  private static ObjectNode choice(Collection<String> words) {
    ObjectNode choice = NODES.objectNode();
    ArrayNode values = choice.putArray("enum");
    words.forEach(values::add);
    return choice;
  }
}
