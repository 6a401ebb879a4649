package {{package}};

import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import dev.tollbar.api.Verdict;
import org.pf4j.Extension;

/** {@code {{kind}}}: no argument is longer than it may be. */
@Extension
public final class {{type}}Kind implements RuleKind<{{type}}Kind.Config> {

  /** The keys of the entry in the document, in snake_case there. */
  @Doc("Denies calls whose argument is too long.")
  public record Config(
      @Doc("The argument that is looked at") String argument,
      @Doc("The most characters that it may have") @Default("500") int max) {

    public Config {
      if (max < 1) {
        throw new InvalidConfigException("max", "at least 1", Integer.toString(max));
      }
    }
  }

  @Override
  public String name() {
    return "{{kind}}";
  }

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  /** Called while the document is read; the rule it gives is used by many threads at once. */
  @Override
  public Rule create(Config config, RuleContext context) {
    Verdict tooLong =
        Verdict.deny("At most " + config.max() + " characters in " + config.argument() + ".");
    return call -> {
      String text = call.arguments().path(config.argument()).asText("");
      return text.codePointCount(0, text.length()) <= config.max() ? Verdict.permit() : tooLong;
    };
  }
}
