package dev.tollbar.api;

import org.pf4j.ExtensionPoint;

/**
 * A way to reach servers: a name, a config type and a factory.
 *
 * @param <C> the record that the entry in the document is read into; see {@link
 *     RuleKind#configType}
 */
public interface TransportKind<C extends Record> extends ExtensionPoint {

  /** The key that documents use under {@code transport}, in {@code snake_case}; always the same. */
  String name();

  /** As {@link RuleKind#configType()}. */
  Class<C> configType();

  /**
   * Makes the transport of one server. Does not reach out yet: a server that is down at start must
   * not keep the gateway from starting. What can be checked on this machine (a command that does
   * not exist) is checked here. May be called by several threads at once, for different servers;
   * has 5 s, and what comes later is closed.
   *
   * @throws InvalidConfigException when the config cannot be used; the document is then refused
   */
  UpstreamTransport open(C config, TransportContext context);
}
