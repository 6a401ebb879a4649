package dev.tollbar.consent;

import dev.tollbar.consent.DecisionLinks.Purpose;
import dev.tollbar.consent.LinkDesk.Shown;
import dev.tollbar.state.Approval;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The page behind a link: plain HTML, no script, its style inside, for phones as well.
 *
 * @param status of HTTP
 */
public record DecisionPage(int status, String html) {
  private static final String STYLE =
      """
      :root{color-scheme:light dark;--line:#d0d7de;--soft:#59636e;--yes:#1a7f37;--no:#cf222e;--mark:#fff8c5}
      @media(prefers-color-scheme:dark){:root{--line:#3d444d;--soft:#9198a1;--yes:#238636;--no:#da3633;--mark:#3b2e00}}
      body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;padding:1rem;max-width:42rem}
      h1{font-size:1.3rem;line-height:1.3;margin:.5rem 0 1rem}
      dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem;margin:1rem 0}
      dt{color:var(--soft)}
      dd{margin:0;overflow-wrap:anywhere}
      table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}
      td,th{border-top:1px solid var(--line);padding:.35rem .5rem .35rem 0;text-align:left;vertical-align:top}
      td{font:14px/1.45 ui-monospace,monospace;overflow-wrap:anywhere;white-space:pre-wrap}
      tr.changed td,tr.added td,tr.removed td{background:var(--mark)}
      small,p.soft{color:var(--soft)}
      label{display:block;margin:.75rem 0 .25rem}
      input{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;border:1px solid var(--line);border-radius:6px}
      .choice{display:flex;gap:.75rem;margin:1.25rem 0}
      button{font:inherit;font-weight:600;flex:1;min-height:3rem;border:0;border-radius:6px;color:#fff;cursor:pointer}
      button.approve{background:var(--yes)}
      button.deny{background:var(--no)}
      """;

  /** What a browser may do with the page: show it with its own style, and send the form back. */
  public static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-"
          + digest(STYLE)
          + "'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

  /** The page for what somebody is to be shown. */
  public static DecisionPage of(Shown shown) {
    return switch (shown) {
      case Shown.Asked asked -> new DecisionPage(200, page(title(asked), question(asked)));
      case Shown.Taken taken ->
          new DecisionPage(
              200,
              page(
                  "Your answer was taken",
                  "<p>" + text(taken.ruling().text()) + "</p><p>You may close this page.</p>"));
      case Shown.Refused refused -> refused(refused.status(), refused.text());
    };
  }

  /** A page that says why nothing has happened. */
  public static DecisionPage refused(int status, String why) {
    return new DecisionPage(
        status, page("Nothing was decided", "<p>" + text(why) + "</p><p>Nothing has changed.</p>"));
  }

  private static String title(Shown.Asked asked) {
    String what =
        switch (asked.purpose()) {
          case APPROVE -> "Approve ";
          case DENY -> "Deny ";
          case DECIDE, ANSWER -> "May this be done: ";
        };
    String tool = asked.approval().tool() + " on " + asked.approval().server();
    return what + tool + "?";
  }

  private static String question(Shown.Asked asked) {
    Approval approval = asked.approval();
    StringBuilder html = new StringBuilder("<dl>");
    entry(html, "asked by", "grant " + approval.grant());
    entry(html, "server", approval.server());
    entry(html, "tool", approval.tool());
    if (!approval.reason().isEmpty()) {
      entry(html, "reason", approval.reason());
    }
    entry(html, "rule", approval.rule());
    entry(html, "time left", left(approval, asked.now()));
    if (approval.approvers() > 1) {
      entry(
          html, "people", approval.approvers() + " must approve, " + approval.missing() + " more");
    }
    html.append("</dl>");
    arguments(html, approval, asked.last());
    form(html, asked.purpose());
    html.append("<p class=\"soft\"><small>")
        .append(text(approval.id()))
        .append(". The answer is for exactly this call, ")
        .append(
            approval.reuse().isZero()
                ? "once"
                : "as often as it is made within " + Texts.inWords(approval.reuse()))
        .append(". This link is good for one answer.")
        .append("</small></p>");
    return html.toString();
  }

  private static String left(Approval approval, Instant now) {
    Duration left = Duration.between(now, approval.expires());
    return left.isPositive() ? Texts.inWords(left) : "none";
  }

  private static void arguments(StringBuilder html, Approval approval, Optional<Approval> last) {
    List<ArgumentDiff.Line> lines =
        ArgumentDiff.of(approval.arguments(), last.map(Approval::arguments));
    html.append("<table><tr><th>argument</th><th>value</th>");
    if (last.isPresent()) {
      html.append("<th>last time</th>");
    }
    html.append("</tr>");
    for (ArgumentDiff.Line line : lines) {
      html.append("<tr class=\"").append(line.change().name().toLowerCase(java.util.Locale.ROOT));
      html.append("\"><td>").append(text(line.pointer().isEmpty() ? "(all)" : line.pointer()));
      html.append("</td><td>").append(text(line.now().orElse("(none)"))).append("</td>");
      if (last.isPresent()) {
        html.append("<td>").append(text(line.before().orElse("(none)"))).append("</td>");
      }
      html.append("</tr>");
    }
    html.append("</table>");
    last.ifPresent(before ->
        html.append("<p class=\"soft\"><small>Last time: ")
            .append(text(before.id()))
            .append(", made ")
            .append(before.used().orElseThrow())
            .append(". What differs is marked.</small></p>"));
  }

  private static void form(StringBuilder html, Purpose purpose) {
    html.append("<form method=\"post\"><label for=\"by\">Your name</label>")
        .append("<input id=\"by\" name=\"by\" maxlength=\"100\" autocomplete=\"name\">")
        .append("<label for=\"comment\">Comment for the agent</label>")
        .append("<input id=\"comment\" name=\"comment\" maxlength=\"500\">")
        .append("<div class=\"choice\">");
    if (purpose != Purpose.DENY) {
      button(html, "approve", "Approve");
    }
    if (purpose != Purpose.APPROVE) {
      button(html, "deny", "Deny");
    }
    html.append("</div></form>");
  }

  private static void button(StringBuilder html, String value, String label) {
    html.append("<button class=\"")
        .append(value)
        .append("\" name=\"decision\" value=\"")
        .append(value)
        .append("\">")
        .append(label)
        .append("</button>");
  }

  private static void entry(StringBuilder html, String name, String value) {
    html.append("<dt>").append(name).append("</dt><dd>").append(text(value)).append("</dd>");
  }

  private static String page(String title, String body) {
    return "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>"
        + text(title)
        + "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        + "<meta name=\"robots\" content=\"noindex\"><style>"
        + STYLE
        + "</style></head><body><main><h1>"
        + text(title)
        + "</h1>"
        + body
        + "</main></body></html>";
  }

  /** As text that shows what it is. */
  private static String text(String value) {
    return Texts.visible(value)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String digest(String style) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
