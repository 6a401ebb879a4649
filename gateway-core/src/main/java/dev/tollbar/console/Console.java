package dev.tollbar.console;

import dev.tollbar.audit.DecisionLog;
import dev.tollbar.audit.DecisionPages;
import dev.tollbar.http.AdminHandler;
import dev.tollbar.http.AdminReply;
import dev.tollbar.http.AdminRequest;
import dev.tollbar.state.State;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

/**
 * The admin API and its page. Safe for use by many threads; {@link #close()} ends the streams of
 * those who listen.
 */
public final class Console implements AdminHandler, AutoCloseable {

  /** What it is made of. */
  public record Parts(
      GatewayAccess gateway,
      Logins logins,
      State state,
      DecisionPages records,
      DecisionLog log,
      Traffic traffic,
      InstantSource clock) {}

  private final List<Route> routes;
  private final AdminApi api;
  private final Page page = new Page();
  private final LiveFeed feed;

  public Console(Parts parts) {
    RecordsApi records = new RecordsApi(parts.records(), parts.gateway());
    ApprovalsApi approvals =
        new ApprovalsApi(
            parts.state().approvals(), parts.state().deliveries(), parts.gateway(), parts.clock());
    StackApi stack = new StackApi(parts.gateway(), parts.clock());
    this.feed = new LiveFeed(records, approvals, parts.gateway(), parts.logins());
    this.routes =
        Stream.of(
                approvals.routes(),
                records.routes(),
                new ExplainApi(parts.gateway()).routes(),
                parts.traffic().routes(),
                stack.routes(),
                new GrantsApi(parts.state().grants(), parts.clock()).routes(),
                new AdminTokensApi(parts.state().adminTokens(), parts.clock()).routes(),
                new DocumentApi(parts.gateway(), parts.state().revisions()).routes(),
                feed.routes())
            .flatMap(List::stream)
            .toList();
    this.api = new AdminApi(parts.logins(), parts.log(), parts.clock(), routes);
  }

  /** All of the API but logging in and out. */
  List<Route> routes() {
    return routes;
  }

  @Override
  public AdminReply handle(AdminRequest request) {
    String path = request.path();
    if (path.equals("/") || path.equals("/console") || path.startsWith("/console/")) {
      try {
        return page.answer(request);
      } catch (ApiProblem problem) {
        return problem.reply();
      }
    }
    return api.handle(request);
  }

  @Override
  public void close() {
    feed.close();
  }
}
