package dev.tollbar.testkit;

import dev.tollbar.api.RuleKind;
import dev.tollbar.api.TransportKind;
import dev.tollbar.document.Kinds;
import java.util.List;
import java.util.Optional;

/** One kind alone, for documents that need no other. */
record OneKind(List<LoadedKind<RuleKind<?>>> rules, List<LoadedKind<TransportKind<?>>> transports)
    implements Kinds {

  static OneKind of(LoadedKind<RuleKind<?>> kind) {
    return new OneKind(List.of(kind), List.of());
  }

  static OneKind ofTransport(LoadedKind<TransportKind<?>> kind) {
    return new OneKind(List.of(), List.of(kind));
  }

  @Override
  public Optional<LoadedKind<RuleKind<?>>> rule(String name) {
    return rules.stream().filter(kind -> kind.kind().name().equals(name)).findFirst();
  }

  @Override
  public Optional<LoadedKind<TransportKind<?>>> transport(String name) {
    return transports.stream().filter(kind -> kind.kind().name().equals(name)).findFirst();
  }
}
