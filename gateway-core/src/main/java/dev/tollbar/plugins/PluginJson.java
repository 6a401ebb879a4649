package dev.tollbar.plugins;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The plugins as JSON, for operators and their programs. */
public final class PluginJson {
  private static final JsonMapper JSON = new JsonMapper();

  private PluginJson() {}

  /** An object with a member {@code plugins}; what is not known of a jar is left out. */
  public static String render(List<PluginReport> plugins) {
    ObjectNode root = JSON.createObjectNode();
    ArrayNode list = root.putArray("plugins");
    for (PluginReport report : plugins) {
      ObjectNode item = list.addObject().put("file", report.file());
      item.put("state", report.state().name().toLowerCase(Locale.ROOT));
      put(item, "name", report.id());
      put(item, "version", report.version());
      put(item, "provider", report.provider());
      put(item, "requires", report.requires());
      item.put("api", report.api());
      put(item, "sha256", report.sha256());
      put(item, "signer", report.signer());
      put(item, "since", report.since().map(Object::toString));
      report.ruleKinds().forEach(item.putArray("rule_kinds")::add);
      report.transportKinds().forEach(item.putArray("transport_kinds")::add);
      put(item, "why", report.why());
      report.warnings().forEach(item.putArray("warnings")::add);
    }
    return root.toString();
  }

  private static void put(ObjectNode item, String name, Optional<String> value) {
    value.ifPresent(text -> item.put(name, text));
  }
}
