package dev.tollbar.plugins;

import java.util.Optional;

/** Says whether documents can be read into a record; given by who reads them. */
@FunctionalInterface
public interface ConfigCheck {

  /** Why not, for the author of the plugin; empty if they can. Runs on a thread of the plugin. */
  Optional<String> problem(Class<? extends Record> type);
}
