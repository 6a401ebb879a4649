package com.example.phone;

import com.google.i18n.phonenumbers.PhoneNumberUtil;
import dev.tollbar.api.Default;
import dev.tollbar.api.Doc;
import dev.tollbar.api.InvalidConfigException;
import dev.tollbar.api.Rule;
import dev.tollbar.api.RuleContext;
import dev.tollbar.api.RuleKind;
import java.util.List;
import java.util.Set;
import org.pf4j.Extension;

/** {@code phone_region}: calls and messages go to the countries that are named, and nowhere else. */
@Extension
public final class PhoneRegionKind implements RuleKind<PhoneRegionKind.Config> {

  /** The keys of the entry in the document. */
  @Doc("Denies calls whose argument is a phone number outside of some countries.")
  public record Config(
      @Doc("The argument that holds the number, in international form") String argument,
      @Doc("The countries that are permitted, such as DE and FR (ISO 3166)") List<String> regions,
      @Doc("Whether numbers that cost extra are permitted too") @Default("false")
          boolean premium) {

    public Config {
      if (regions.isEmpty()) {
        throw new InvalidConfigException("regions", "at least one country", "an empty list");
      }
      Set<String> known = PhoneNumberUtil.getInstance().getSupportedRegions();
      for (int i = 0; i < regions.size(); i++) {
        if (!known.contains(regions.get(i))) {
          throw new InvalidConfigException(
              "regions/" + i, "a country such as \"DE\"", "\"" + regions.get(i) + "\"");
        }
      }
    }
  }

  @Override
  public String name() {
    return "phone_region";
  }

  @Override
  public Class<Config> configType() {
    return Config.class;
  }

  @Override
  public Rule create(Config config, RuleContext context) {
    return new PhoneRegionRule(
        config.argument(), List.copyOf(config.regions()), config.premium());
  }
}
