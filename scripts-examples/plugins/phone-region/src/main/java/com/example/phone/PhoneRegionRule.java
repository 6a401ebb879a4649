package com.example.phone;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberType;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import dev.tollbar.api.Call;
import dev.tollbar.api.Rule;
import dev.tollbar.api.Verdict;
import java.util.List;
import java.util.Set;

/** Looks at one number. Holds nothing but its config, so many threads can use it at once. */
record PhoneRegionRule(String argument, List<String> regions, boolean premium) implements Rule {
  private static final Set<PhoneNumberType> COSTLY =
      Set.of(PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST);

  /** What cannot be read is denied: a number that only the server can read is none for us. */
  @Override
  public Verdict evaluate(Call call) {
    JsonNode given = call.arguments().path(argument);
    PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
    PhoneNumber number;
    try {
      number = numbers.parse(given.textValue(), null);
    } catch (NumberParseException e) {
      return noNumber();
    }
    if (!numbers.isValidNumber(number)) {
      return noNumber();
    }
    if (!regions.contains(numbers.getRegionCodeForNumber(number))) {
      return Verdict.deny(
          "The number in " + argument + " is not in " + String.join(", ", regions) + ".");
    }
    return !premium && COSTLY.contains(numbers.getNumberType(number))
        ? Verdict.deny("The number in " + argument + " costs extra.")
        : Verdict.permit();
  }

  private Verdict noNumber() {
    return Verdict.deny(
        "In " + argument + ", a phone number such as +49 30 901820 is expected.");
  }
}
