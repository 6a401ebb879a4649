package dev.tollbar.plugins;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A jar of the plugins folder that was copied and looked at; nothing of it has run.
 *
 * @param file its name in the folder
 * @param copy what is loaded of it
 * @param sha256 of the copy, in lower-case hex; absent if the jar cannot be read
 * @param signer as in its report
 * @param refusal why it cannot be used, whatever else lies in the folder
 */
record Arrival(
    String file,
    Path copy,
    Optional<String> sha256,
    PluginManifest manifest,
    Optional<String> signer,
    Optional<Refusal> refusal) {

  String version() {
    return manifest.version().orElseThrow();
  }

  /** Not taken. */
  Candidate refused(PluginApi api, String why) {
    return unused(api, PluginReport.State.REFUSED, why);
  }

  /** Not needed, since a newer version of the same plugin is there. */
  Candidate superseded(PluginApi api, Arrival newer) {
    return unused(
        api,
        PluginReport.State.SUPERSEDED,
        "%s is used instead, which is version %s of the same plugin; remove this jar"
            .formatted(Quoted.plain(newer.file()), newer.version()));
  }

  /** Its kinds can be used. */
  Candidate loaded(PluginApi api, RunningPlugin running, List<LoadedKind> kinds, Instant since) {
    PluginReport report =
        report(
            api,
            names(kinds, LoadedRuleKind.class),
            names(kinds, LoadedTransportKind.class),
            PluginReport.State.LOADED,
            Optional.of(since),
            Optional.empty());
    return new Candidate(report, Optional.of(running), kinds);
  }

  private Candidate unused(PluginApi api, PluginReport.State state, String why) {
    PluginReport report =
        report(api, List.of(), List.of(), state, Optional.empty(), Optional.of(why));
    return new Candidate(report, Optional.empty(), List.of());
  }

  private PluginReport report(
      PluginApi api,
      List<String> ruleKinds,
      List<String> transportKinds,
      PluginReport.State state,
      Optional<Instant> since,
      Optional<String> why) {
    return new PluginReport(
        file,
        manifest.id(),
        manifest.version(),
        manifest.provider(),
        manifest.requires(),
        api.version(),
        sha256,
        signer,
        ruleKinds,
        transportKinds,
        state,
        since,
        why,
        manifest.warnings());
  }

  private static List<String> names(List<LoadedKind> kinds, Class<? extends LoadedKind> type) {
    return kinds.stream().filter(type::isInstance).map(LoadedKind::name).sorted().toList();
  }
}
