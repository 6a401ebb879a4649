package dev.tollbar.plugins;

/** A kind that documents can use, and where it comes from. */
public sealed interface LoadedKind permits LoadedRuleKind, LoadedTransportKind {

  /** The key that documents use. */
  String name();

  /** The plugin that supplies it: {@code id@version}. */
  String plugin();

  /** The jar's name in the plugins folder. */
  String jar();

  /** The plugin's class loader: to be the thread's own while code of the plugin runs. */
  ClassLoader classLoader();

  /** What it is, for messages: {@code rule kind "limits"}. */
  default String inWords() {
    return switch (this) {
      case LoadedRuleKind _ -> "rule kind " + Quoted.text(name());
      case LoadedTransportKind _ -> "transport kind " + Quoted.text(name());
    };
  }
}
