package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Tool;
import dev.tollbar.console.GatewayAccess;
import dev.tollbar.document.Revision;
import dev.tollbar.identity.Grant;
import dev.tollbar.state.Grants;
import dev.tollbar.trial.RecordExplainer;
import dev.tollbar.upstream.InputSchema;
import dev.tollbar.upstream.Server;
import dev.tollbar.upstream.ToolCatalog;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Function;

/** Explains recorded calls to operators, by the revision in force. */
final class ExplainDesk
    implements Function<byte[], GatewayAccess.Explained>, RecordExplainer.InForce {
  private final RecordExplainer explainer;
  private final LiveDocument document;
  private final Grants grants;

  ExplainDesk(RecordExplainer explainer, LiveDocument document, Grants grants) {
    this.explainer = explainer;
    this.document = document;
    this.grants = grants;
  }

  @Override
  public GatewayAccess.Explained apply(byte[] question) {
    try {
      return switch (explainer.explain(question, this)) {
        case RecordExplainer.Answer.Told told ->
            new GatewayAccess.Explained(200, told.json().toString());
        case RecordExplainer.Answer.Refused refused -> answer(refused.status(), refused.detail());
      };
    } catch (StoreUnavailableException e) {
      return answer(503, "the grants cannot be read");
    }
  }

  @Override
  public RecordExplainer.Answer with(Function<Revision, RecordExplainer.Answer> action) {
    return document.during(action);
  }

  @Override
  public Collection<Grant> grants() {
    return grants.list().stream().map(ExplainCommand::grant).toList();
  }

  @Override
  public Tool tool(String server, String name) {
    return catalog(server).map(known -> known.tool(name)).orElseGet(() -> Tool.named(name));
  }

  @Override
  public Optional<InputSchema> inputSchema(String server, String name) {
    return catalog(server).flatMap(known -> known.inputSchema(name));
  }

  private Optional<ToolCatalog> catalog(String server) {
    return Optional.ofNullable(document.live().current().servers().get(server))
        .map(Server::catalog);
  }

  private static GatewayAccess.Explained answer(int status, String detail) {
    return new GatewayAccess.Explained(
        status, JsonNodeFactory.instance.objectNode().put("detail", detail).toString());
  }
}
