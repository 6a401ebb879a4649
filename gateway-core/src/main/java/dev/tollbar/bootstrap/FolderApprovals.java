package dev.tollbar.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.consent.Answers;
import dev.tollbar.consent.ApprovalJson;
import dev.tollbar.consent.Ruling;
import dev.tollbar.consent.Texts;
import dev.tollbar.state.Approval;
import dev.tollbar.state.EmbeddedState;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Approvals in a data folder, whether a gateway runs or not. */
final class FolderApprovals implements ApprovalsDesk {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final EmbeddedState state;
  private final CommandTrail trail;
  private final InstantSource clock;

  private FolderApprovals(EmbeddedState state, CommandTrail trail, InstantSource clock) {
    this.state = state;
    this.trail = trail;
    this.clock = clock;
  }

  static FolderApprovals open(Path data, InstantSource clock) {
    return new FolderApprovals(
        EmbeddedState.open(data, clock), CommandTrail.orAtGateway(data, clock), clock);
  }

  @Override
  public List<JsonNode> list() {
    Instant now = clock.instant();
    return state.approvals().list(now).stream()
        .map(approval -> (JsonNode) ApprovalJson.of(approval, now))
        .toList();
  }

  @Override
  public JsonNode show(String id) throws CommandException {
    Approval approval = state.approvals().find(id).orElseThrow(() -> unknown(id));
    return ApprovalJson.of(
        approval, clock.instant(), state.approvals().lastUsed(approval), state.deliveries().of(id));
  }

  @Override
  public JsonNode decide(String id, boolean approve, Optional<String> by, String comment)
      throws CommandException, InterruptedException {
    String name = by.orElseGet(CommandTrail::user);
    ObjectNode detail = JsonNodeFactory.instance.objectNode();
    detail.put("decision", approve ? "approve" : "deny").put("by", name).put("comment", comment);
    return trail.record(
        "decide", Optional.of(id), detail.toString(), () -> decided(id, approve, name, comment));
  }

  private JsonNode decided(String id, boolean approve, String name, String comment)
      throws CommandException {
    return switch (new Answers(state.approvals(), clock).decide(id, approve, name, comment)) {
      case Ruling.Decided decided -> ApprovalJson.of(decided.approval(), clock.instant());
      case Ruling.WaitsForOthers waits -> ApprovalJson.of(waits.approval(), clock.instant());
      case Ruling.Unknown _ -> throw unknown(id);
      case Ruling refused -> throw CommandException.badInput("tollbar: " + lowered(refused.text()));
    };
  }

  @Override
  public List<JsonNode> dead() {
    return state.deliveries().dead().stream()
        .map(delivery -> (JsonNode) ApprovalJson.of(delivery))
        .toList();
  }

  @Override
  public void redeliver(String id) throws CommandException, InterruptedException {
    trail.record("redeliver", Optional.of(id), "", () -> redelivered(id));
  }

  private boolean redelivered(String id) throws CommandException {
    if (!state.deliveries().redeliver(id, clock.instant())) {
      throw CommandException.badInput(
          "tollbar: no message about approval \""
              + Texts.visible(id)
              + "\" was given up; tollbar approvals dead lists them.");
    }
    return true;
  }

  @Override
  public int dismiss(Optional<String> id) throws CommandException, InterruptedException {
    return trail.record("dismiss", id, "", () -> state.deliveries().dismiss(id));
  }

  @Override
  public void follow(Hearer hearer) throws InterruptedException {
    while (hearer.hear(list().reversed(), true)) {
      Thread.sleep(LOOK);
    }
  }

  private static CommandException unknown(String id) {
    return CommandException.badInput(
        "tollbar: there is no approval \"" + Texts.visible(id) + "\".");
  }

  private static String lowered(String sentence) {
    return Character.toLowerCase(sentence.charAt(0)) + sentence.substring(1);
  }

  @Override
  public void close() {
    state.close();
  }
}
