package dev.tollbar.document;

import dev.tollbar.api.RuleKind;
import dev.tollbar.api.TransportKind;
import java.util.List;
import java.util.Optional;

/** The rule and transport kinds that documents can use: one generation of loaded plugins. */
public interface Kinds {

  /**
   * A kind, with where it came from.
   *
   * @param plugin its plugin with version: {@code rule-limits@0.1.0}
   * @param jar the file name of its jar
   */
  record LoadedKind<K>(K kind, String plugin, String jar) {}

  Optional<LoadedKind<RuleKind<?>>> rule(String name);

  Optional<LoadedKind<TransportKind<?>>> transport(String name);

  /** All rule kinds, by name. */
  List<LoadedKind<RuleKind<?>>> rules();

  /** All transport kinds, by name. */
  List<LoadedKind<TransportKind<?>>> transports();
}
