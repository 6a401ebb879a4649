package dev.tollbar.console;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * How the gateway is doing. It is down when it can permit no call: no document, or a part that
 * every call needs does not work. It is degraded when something is wrong and other calls go on.
 * Safe for use by many threads; asks its sources at every report.
 */
public final class Health {

  /** Where each part says how it is doing; none may block. */
  public record Sources(
      Supplier<Map<String, Component>> servers,
      Supplier<List<Plugin>> plugins,
      Supplier<Document> document,
      Supplier<Map<String, Component>> rules,
      Supplier<Map<String, Component>> webhooks,
      Supplier<Component> state,
      Supplier<Map<String, Component>> vital) {}

  /**
   * One part.
   *
   * @param detail one line for people
   */
  public record Component(boolean up, String detail) {}

  public record Plugin(String name, String version, boolean up, String detail) {}

  /**
   * The live document.
   *
   * @param revision the one in force; empty before there is one
   * @param problems of a later one that was refused
   */
  public record Document(Optional<String> revision, List<String> problems) {
    public Document {
      problems = List.copyOf(problems);
    }
  }

  public enum Status {
    UP,
    DEGRADED,
    DOWN;

    private final String wire = name().toLowerCase(Locale.ROOT);

    public String wire() {
      return wire;
    }
  }

  /**
   * One look at everything.
   *
   * @param rules those that deny every call for want of something, by policy and place
   * @param webhooks those that did not take messages, by name
   * @param state what outlives the process: calls that need it are denied while it is down
   * @param vital parts that every call needs, by name: {@code decisions}
   */
  public record Report(
      Map<String, Component> servers,
      List<Plugin> plugins,
      Document document,
      Map<String, Component> rules,
      Map<String, Component> webhooks,
      Component state,
      Map<String, Component> vital) {

    public Report {
      servers = Map.copyOf(servers);
      plugins = List.copyOf(plugins);
      rules = Map.copyOf(rules);
      webhooks = Map.copyOf(webhooks);
      vital = Map.copyOf(vital);
    }

    public Status status() {
      boolean works =
          document.revision().isPresent() && vital.values().stream().allMatch(Component::up);
      if (!works) {
        return Status.DOWN;
      }
      boolean well =
          state.up()
              && document.problems().isEmpty()
              && servers.values().stream().allMatch(Component::up)
              && plugins.stream().allMatch(Plugin::up)
              && rules.values().stream().allMatch(Component::up)
              && webhooks.values().stream().allMatch(Component::up);
      return well ? Status.UP : Status.DEGRADED;
    }

    /** Whether calls should be sent here. */
    public boolean ready() {
      return status() != Status.DOWN;
    }

    public String json() {
      StringWriter text = new StringWriter();
      try (JsonGenerator g = new JsonFactory().createGenerator(text)) {
        write(g);
      } catch (IOException e) {
        throw new UncheckedIOException("writing to memory failed", e);
      }
      return text.toString();
    }

    private void write(JsonGenerator g) throws IOException {
      g.writeStartObject();
      g.writeStringField("status", status().wire());
      components(g, "servers", servers);
      g.writeArrayFieldStart("plugins");
      for (Plugin plugin : plugins) {
        g.writeStartObject();
        g.writeStringField("name", plugin.name());
        g.writeStringField("version", plugin.version());
        g.writeBooleanField("up", plugin.up());
        g.writeStringField("detail", plugin.detail());
        g.writeEndObject();
      }
      g.writeEndArray();
      g.writeObjectFieldStart("document");
      if (document.revision().isPresent()) {
        g.writeStringField("revision", document.revision().get());
      }
      g.writeArrayFieldStart("problems");
      for (String problem : document.problems()) {
        g.writeString(problem);
      }
      g.writeEndArray();
      g.writeEndObject();
      components(g, "rules", rules);
      components(g, "webhooks", webhooks);
      g.writeFieldName("state");
      component(g, state);
      components(g, "vital", vital);
      g.writeEndObject();
    }

    private static void components(JsonGenerator g, String name, Map<String, Component> components)
        throws IOException {
      g.writeObjectFieldStart(name);
      for (Map.Entry<String, Component> component : new TreeMap<>(components).entrySet()) {
        g.writeFieldName(component.getKey());
        component(g, component.getValue());
      }
      g.writeEndObject();
    }

    private static void component(JsonGenerator g, Component component) throws IOException {
      g.writeStartObject();
      g.writeBooleanField("up", component.up());
      g.writeStringField("detail", component.detail());
      g.writeEndObject();
    }
  }

  private final Sources sources;

  public Health(Sources sources) {
    this.sources = sources;
  }

  public Report report() {
    return new Report(
        sources.servers().get(),
        sources.plugins().get(),
        sources.document().get(),
        sources.rules().get(),
        sources.webhooks().get(),
        sources.state().get(),
        sources.vital().get());
  }
}
