package dev.tollbar.bootstrap;

import dev.tollbar.api.RuleKind;
import dev.tollbar.api.TransportKind;
import dev.tollbar.document.Kinds;
import dev.tollbar.plugins.Generation;
import dev.tollbar.plugins.LoadedRuleKind;
import dev.tollbar.plugins.LoadedTransportKind;
import java.util.List;
import java.util.Optional;

/** One generation of plugins, as documents use it. */
record DocumentKinds(Generation generation) implements Kinds {

  @Override
  public Optional<LoadedKind<RuleKind<?>>> rule(String name) {
    return Optional.ofNullable(generation.ruleKinds().get(name)).map(DocumentKinds::rule);
  }

  @Override
  public Optional<LoadedKind<TransportKind<?>>> transport(String name) {
    return Optional.ofNullable(generation.transportKinds().get(name)).map(DocumentKinds::transport);
  }

  @Override
  public List<LoadedKind<RuleKind<?>>> rules() {
    return generation.ruleKinds().values().stream().map(DocumentKinds::rule).toList();
  }

  @Override
  public List<LoadedKind<TransportKind<?>>> transports() {
    return generation.transportKinds().values().stream().map(DocumentKinds::transport).toList();
  }

  private static LoadedKind<RuleKind<?>> rule(LoadedRuleKind loaded) {
    return new LoadedKind<>(loaded.kind(), loaded.plugin(), loaded.jar());
  }

  private static LoadedKind<TransportKind<?>> transport(LoadedTransportKind loaded) {
    return new LoadedKind<>(loaded.kind(), loaded.plugin(), loaded.jar());
  }
}
