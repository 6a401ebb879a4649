package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.StoreUnavailableException;
import dev.tollbar.api.Tool;
import dev.tollbar.console.GatewayAccess;
import dev.tollbar.document.Revision;
import dev.tollbar.identity.Grant;
import dev.tollbar.identity.LocalGrant;
import dev.tollbar.policy.Section;
import dev.tollbar.state.Grants;
import dev.tollbar.trial.CallSketch;
import dev.tollbar.trial.Explained;
import dev.tollbar.trial.Explainer;
import dev.tollbar.trial.Palette;
import dev.tollbar.trial.RecordExplainer;
import dev.tollbar.upstream.InputSchema;
import dev.tollbar.upstream.Server;
import dev.tollbar.upstream.ToolCatalog;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Explains calls to operators, recorded ones and others, by the revision in force. */
final class ExplainDesk
    implements Function<byte[], GatewayAccess.Explained>, RecordExplainer.InForce {
  private final RecordExplainer explainer;
  private final Explainer calls;
  private final LiveDocument document;
  private final Grants grants;

  ExplainDesk(RecordExplainer explainer, Explainer calls, LiveDocument document, Grants grants) {
    this.explainer = explainer;
    this.calls = calls;
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

  /** How a call would be decided now. */
  GatewayAccess.Explained explain(GatewayAccess.AskedCall call, Instant now) {
    try {
      Collection<Grant> stored = grants();
      return document.during(revision -> explain(revision, stored, call, now));
    } catch (StoreUnavailableException e) {
      return answer(503, "the grants cannot be read");
    }
  }

  private GatewayAccess.Explained explain(
      Revision revision, Collection<Grant> stored, GatewayAccess.AskedCall call, Instant now) {
    List<String> servers = revision.servers().keySet().stream().sorted().toList();
    if (call.server().isEmpty() && servers.size() != 1) {
      return answer(400, "server: expected one of " + String.join(", ", servers) + "; found none.");
    }
    String server = call.server().orElseGet(servers::getFirst);
    boolean tool = call.section() == Section.TOOLS;
    Explained explained =
        calls.explain(
            revision,
            stored,
            new CallSketch(
                call.grant().orElse(LocalGrant.NAME),
                server,
                call.section(),
                tool ? tool(server, call.name()) : Tool.named(call.name()),
                call.arguments(),
                call.session(),
                now,
                tool ? inputSchema(server, call.name()) : Optional.empty()));
    ObjectNode told = JsonNodeFactory.instance.objectNode();
    told.set("explanation", explained.json());
    told.put("words", explained.text(Palette.PLAIN));
    return new GatewayAccess.Explained(200, told.toString());
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
