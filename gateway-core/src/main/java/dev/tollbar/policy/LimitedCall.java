package dev.tollbar.policy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.Call;
import dev.tollbar.api.LimitUsage;
import dev.tollbar.api.Tool;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A call together with the rules that apply to it, for rules that go by what is left of limits.
 *
 * @param evaluator asks those rules, within their bounds
 */
record LimitedCall(Call call, List<ConfiguredRule> rules, Evaluator evaluator) implements Call {

  @Override
  public List<Limit> limits() throws InterruptedException {
    List<Limit> limits = new ArrayList<>();
    for (ConfiguredRule rule : rules) {
      if (!rule.shadow()) {
        // Of the call alone: a rule must not ask for all limits in order to tell its own.
        for (LimitUsage usage : evaluator.usage(rule, call)) {
          limits.add(new Limit(rule.name(), usage));
        }
      }
    }
    return List.copyOf(limits);
  }

  @Override
  public String grant() {
    return call.grant();
  }

  @Override
  public Map<String, String> labels() {
    return call.labels();
  }

  @Override
  public String server() {
    return call.server();
  }

  @Override
  public String policy() {
    return call.policy();
  }

  @Override
  public Optional<String> session() {
    return call.session();
  }

  @Override
  public String protocolRevision() {
    return call.protocolRevision();
  }

  @Override
  public String method() {
    return call.method();
  }

  @Override
  public Tool tool() {
    return call.tool();
  }

  @Override
  public ObjectNode arguments() {
    return call.arguments();
  }

  @Override
  public Instant time() {
    return call.time();
  }

  @Override
  public boolean continued() {
    return call.continued();
  }

  @Override
  public void debug(String line) {
    call.debug(line);
  }
}
