package dev.tollbar.plugins;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.Condition;
import dev.tollbar.api.Conditions;
import dev.tollbar.api.Counters;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Tool;
import dev.tollbar.api.TransportContext;
import dev.tollbar.api.TransportKind;
import dev.tollbar.api.UpstreamTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** Uses loaded kinds as the gateway does. */
final class Callers {
  private Callers() {}

  static Rule create(LoadedRuleKind kind) {
    return create(kind.kind());
  }

  static UpstreamTransport open(LoadedTransportKind kind) {
    return open(kind.kind());
  }

  private static <C extends Record> Rule create(RuleKind<C> kind) {
    return kind.create(emptyConfig(kind.configType()), new NoRuleContext());
  }

  private static <C extends Record> UpstreamTransport open(TransportKind<C> kind) {
    return kind.open(emptyConfig(kind.configType()), new NoTransportContext());
  }

  private static <C extends Record> C emptyConfig(Class<C> type) {
    try {
      var constructor = type.getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  record NoRuleContext() implements RuleContext {
    @Override
    public String policy() {
      return "policy";
    }

    @Override
    public String pointer() {
      return "/tools/x";
    }

    @Override
    public InstantSource clock() {
      return InstantSource.fixed(Instant.EPOCH);
    }

    @Override
    public Counters counters() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Conditions conditions(
        String key, List<Condition> conditions, Conditions.Quantifier over) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String file(String key, String path) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Logger logger() {
      return NOPLogger.NOP_LOGGER;
    }
  }

  record NoTransportContext() implements TransportContext {
    @Override
    public String server() {
      return "server";
    }

    @Override
    public Duration timeout() {
      return Duration.ofSeconds(1);
    }

    @Override
    public Path folder() {
      return Path.of(".");
    }

    @Override
    public Logger logger() {
      return NOPLogger.NOP_LOGGER;
    }
  }

  record SomeCall() implements Call {
    @Override
    public String grant() {
      return "grant";
    }

    @Override
    public Map<String, String> labels() {
      return Map.of();
    }

    @Override
    public String server() {
      return "server";
    }

    @Override
    public String policy() {
      return "policy";
    }

    @Override
    public Optional<String> session() {
      return Optional.empty();
    }

    @Override
    public String protocolRevision() {
      return "2025-11-25";
    }

    @Override
    public String method() {
      return "tools/call";
    }

    @Override
    public Tool tool() {
      throw new UnsupportedOperationException();
    }

    @Override
    public ObjectNode arguments() {
      return JsonNodeFactory.instance.objectNode();
    }

    @Override
    public Instant time() {
      return Instant.EPOCH;
    }
  }
}
