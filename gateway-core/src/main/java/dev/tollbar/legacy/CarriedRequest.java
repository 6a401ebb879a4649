package dev.tollbar.legacy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tollbar.api.MessageId;
import dev.tollbar.api.UpstreamMessage;
import dev.tollbar.api.UpstreamMessage.Kind;
import dev.tollbar.protocol.MalformedMessageException;
import dev.tollbar.protocol.Members;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Range;
import dev.tollbar.protocol.RequestMeta;
import dev.tollbar.protocol.Revision;
import dev.tollbar.protocol.Splice;
import dev.tollbar.protocol.StrictParser;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request that stands alone, and how a legacy server gets it.
 *
 * @param level the least severe log message that the client wants
 */
record CarriedRequest(Message message, RequestMeta meta, Optional<LogLevel> level) {
  /** What may be answered with a question to the client. Source: MCP 2026-07-28, basic/mrtr. */
  private static final Set<String> MAY_ASK = Set.of("tools/call", "prompts/get", "resources/read");

  /** To a legacy server these would say nothing, or something else. */
  private static final List<String> NOT_PASSED_ON =
      List.of("inputResponses", "requestState", "task");

  /** What tells one logical call from another: everything that is the same in all its rounds. */
  record Binding(String method, ObjectNode params) {}

  static CarriedRequest of(Message message) throws MalformedMessageException {
    RequestMeta meta = RequestMeta.of(message);
    return new CarriedRequest(message, meta, meta.logLevel().flatMap(LogLevel::of));
  }

  /** What is wrong with it; empty if nothing is. */
  Optional<Output> problem() {
    if (!Revision.of(meta.protocolVersion()).filter(Revision::isModern).isPresent()) {
      return Optional.of(Output.unsupportedRevision(id(), meta.protocolVersion()));
    }
    return meta.logLevel().isPresent() && level.isEmpty()
        ? Optional.of(Output.unknownLevel(id()))
        : Optional.empty();
  }

  MessageId id() {
    return message.id().orElseThrow();
  }

  String method() {
    return message.method();
  }

  boolean mayAsk() {
    return MAY_ASK.contains(method());
  }

  Binding binding() {
    ObjectNode params = message.params().deepCopy();
    params.remove(List.of("_meta", "inputResponses", "requestState"));
    return new Binding(method(), params);
  }

  /**
   * As the server gets it: with an id and a progress token that are the gateway's own, and without
   * what only modern servers read.
   */
  UpstreamMessage upstream(MessageId id, Revision revision) {
    Message passed = withoutModernMembers();
    Splice splice = new Splice(passed.bytes()).put(passed.idRange().orElseThrow(), id.json());
    Optional<Range> token = passed.progressTokenRange();
    token.ifPresent(range -> splice.put(range, id.json()));
    return new UpstreamMessage(
        splice.bytes(),
        Kind.REQUEST,
        method(),
        Optional.of(id),
        token.map(_ -> id),
        Optional.of(revision.text()));
  }

  private Message withoutModernMembers() {
    if (NOT_PASSED_ON.stream().noneMatch(message.params()::has)) {
      return message;
    }
    String params = Members.without(message, "params", Set.copyOf(NOT_PASSED_ON));
    byte[] bytes =
        new Splice(message.bytes()).put(message.paramsRange().orElseThrow(), params).bytes();
    try {
      return StrictParser.parse(bytes);
    } catch (MalformedMessageException e) {
      throw new IllegalStateException("a message with fewer members cannot be read", e);
    }
  }
}
