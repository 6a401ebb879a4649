package dev.tollbar.console;

import dev.tollbar.http.AdminRequest;
import java.util.Locale;
import java.util.Optional;

/**
 * Keeps pages of others from acting with the cookie of an operator. A page of another origin cannot
 * send the header without asking first, which is never granted; ports of one host share cookies, so
 * the attribute {@code SameSite} is not enough.
 */
final class SameSite {
  static final String HEADER = "x-tollbar-console";

  void check(AdminRequest request) throws ApiProblem {
    String host = request.header("host").orElse("").toLowerCase(Locale.ROOT);
    Optional<String> origin = request.header("origin").map(text -> text.toLowerCase(Locale.ROOT));
    boolean foreign =
        origin.isPresent()
            && !origin.get().equals("http://" + host)
            && !origin.get().equals("https://" + host);
    boolean elsewhere =
        request
            .header("sec-fetch-site")
            .filter(site -> !site.equals("same-origin") && !site.equals("none"))
            .isPresent();
    if (foreign || elsewhere || request.header(HEADER).isEmpty()) {
      throw ApiProblem.of(
          403,
          "cross_site",
          "This has to come from the gateway's own page: expected its Origin and the header "
              + "X-Tollbar-Console.");
    }
  }
}
