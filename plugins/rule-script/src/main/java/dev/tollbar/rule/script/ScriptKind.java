package dev.tollbar.rule.script;

import dev.tollbar.api.KindCommand;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.pf4j.Extension;

/** {@code script}: a predicate in JavaScript. */
@Extension
public final class ScriptKind implements RuleKind<ScriptConfig> {
  private static final String INLINE = "source";

  private final Supplier<ScriptEngine> engine;

  public ScriptKind() {
    this(ScriptPlugin::engine);
  }

  ScriptKind(Supplier<ScriptEngine> engine) {
    this.engine = engine;
  }

  @Override
  public String name() {
    return "script";
  }

  @Override
  public Class<ScriptConfig> configType() {
    return ScriptConfig.class;
  }

  @Override
  public Rule create(ScriptConfig config, RuleContext context) {
    String key = config.file().isPresent() ? "file" : INLINE;
    ModuleText predicate =
        config
            .file()
            .map(path -> new ModuleText(fileName(path), normal(path), context.file(key, path)))
            .orElseGet(() -> new ModuleText(INLINE, INLINE, config.source().orElseThrow()));
    Job.Budget budget = new Job.Budget(config.timeout(), config.memory().bytes());
    String place = context.policy() + " " + context.pointer();
    Conduct conduct = new Conduct(place, context.clock(), context.logger());
    LoadedScript script =
        engine
            .get()
            .load(
                key,
                predicate,
                path -> context.file(key, path),
                budget,
                config.isolation(),
                conduct);
    return new ScriptRule(script, conduct, place, context);
  }

  @Override
  public Optional<KindCommand> command() {
    return Optional.of(new ScriptCommand(this));
  }

  private static String normal(String path) {
    return Path.of(path).normalize().toString().replace('\\', '/');
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
