package dev.tollbar.plugins;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What became of one jar of the plugins folder.
 *
 * @param file the jar's name in the folder
 * @param id the manifest's {@code Plugin-Id}; absent if it cannot be read, as the next three
 * @param version {@code Plugin-Version}
 * @param provider {@code Plugin-Provider}
 * @param requires {@code Plugin-Requires}: the range of plugin APIs that it can work with
 * @param api the version of the plugin API that this gateway has
 * @param sha256 of the bytes that were loaded, in lower-case hex; absent if they cannot be read
 * @param signer who signed all of the jar: the name in {@code plugins.lock}, or the SHA-256 of a
 *     certificate that it does not name
 * @param ruleKinds the names of the rule kinds it supplies, sorted; of a refused jar as far as
 *     known
 * @param transportKinds the same of transport kinds
 * @param why for a jar that is not used: one line that says what is wrong and what to do
 * @param since when it was loaded; absent if it is not
 * @param warnings what is wrong with a jar that works all the same
 */
public record PluginReport(
    String file,
    Optional<String> id,
    Optional<String> version,
    Optional<String> provider,
    Optional<String> requires,
    String api,
    Optional<String> sha256,
    Optional<String> signer,
    List<String> ruleKinds,
    List<String> transportKinds,
    State state,
    Optional<Instant> since,
    Optional<String> why,
    List<String> warnings) {

  /** Whether the jar's kinds can be used. */
  public enum State {
    LOADED,
    /** A newer version of the same plugin is used. */
    SUPERSEDED,
    REFUSED
  }

  public PluginReport {
    ruleKinds = List.copyOf(ruleKinds);
    transportKinds = List.copyOf(transportKinds);
    warnings = List.copyOf(warnings);
  }

  /** All kinds, in words: {@code rule limits}, {@code transport stdio}. */
  public List<String> kinds() {
    return Stream.concat(
            ruleKinds.stream().map(name -> "rule " + name),
            transportKinds.stream().map(name -> "transport " + name))
        .toList();
  }

  /** {@code id@version}, with a question mark for what is not known. */
  public String plugin() {
    return id.orElse("?") + "@" + version.orElse("?");
  }

  PluginReport refused(String because) {
    return new PluginReport(
        file,
        id,
        version,
        provider,
        requires,
        api,
        sha256,
        signer,
        ruleKinds,
        transportKinds,
        State.REFUSED,
        Optional.empty(),
        Optional.of(because),
        warnings);
  }
}
