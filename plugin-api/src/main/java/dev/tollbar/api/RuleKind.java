package dev.tollbar.api;

import java.util.Optional;
import org.pf4j.ExtensionPoint;

/**
 * A kind of rule that documents can use: a name, a config type and a factory.
 *
 * <p>Implementations carry {@code @org.pf4j.Extension}, have a public constructor without arguments
 * and hold no state: one instance creates all rules of its kind, for every document revision that
 * uses it.
 *
 * @param <C> the record that the entry in the document is read into
 */
public interface RuleKind<C extends Record> extends ExtensionPoint {

  /**
   * The key that documents use, in {@code snake_case}: {@code "rate_limit"}. Two loaded plugins
   * that supply one name are both refused.
   */
  String name();

  /**
   * The record an entry is read into. Its components are the keys, written in {@code snake_case};
   * see {@link Doc} and {@link Default}. Range checks belong into its compact constructor, which
   * has 5 s, and throw {@link InvalidConfigException}.
   */
  Class<C> configType();

  /**
   * Makes one rule of a document. Called while a document is read, before any call sees the rule;
   * what needs files, names or other parts of the context is checked here. May be called by several
   * threads at once, for documents that are read at the same time; has 5 s, and what comes later is
   * closed.
   *
   * @throws InvalidConfigException when the config is not usable; the document is then refused
   */
  Rule create(C config, RuleContext context);

  /**
   * The command of the command line that belongs to this kind: {@code tollbar NAME}, where the name
   * is {@link #name()}. The gateway's own commands come first. The default has none.
   */
  default Optional<KindCommand> command() {
    return Optional.empty();
  }
}
