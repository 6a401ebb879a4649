package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Tool;
import dev.tollbar.http.AdminEndpoint;
import dev.tollbar.state.Grants;
import dev.tollbar.trial.RecordExplainer;
import dev.tollbar.upstream.Server;
import java.util.Optional;
import java.util.function.Function;

/** Explains recorded calls on the admin port, by the revision in force. */
final class ExplainDesk implements Function<byte[], AdminEndpoint.Answer> {
  private final RecordExplainer explainer;
  private final LiveDocument document;
  private final Grants grants;

  ExplainDesk(RecordExplainer explainer, LiveDocument document, Grants grants) {
    this.explainer = explainer;
    this.document = document;
    this.grants = grants;
  }

  @Override
  public AdminEndpoint.Answer apply(byte[] question) {
    try {
      return switch (document.during(
          revision ->
              explainer.explain(
                  question,
                  revision,
                  grants.list().stream().map(ExplainCommand::grant).toList(),
                  this::tool))) {
        case RecordExplainer.Answer.Told told ->
            new AdminEndpoint.Answer(200, told.json().toString());
        case RecordExplainer.Answer.Refused refused -> answer(refused.status(), refused.detail());
      };
    } catch (StoreUnavailableException e) {
      return answer(503, "the grants cannot be read");
    }
  }

  private Tool tool(String server, String name) {
    return Optional.<Server>ofNullable(document.live().current().servers().get(server))
        .map(known -> known.catalog().tool(name))
        .orElseGet(() -> Tool.named(name));
  }

  private static AdminEndpoint.Answer answer(int status, String detail) {
    return new AdminEndpoint.Answer(
        status, JsonNodeFactory.instance.objectNode().put("detail", detail).toString());
  }
}
