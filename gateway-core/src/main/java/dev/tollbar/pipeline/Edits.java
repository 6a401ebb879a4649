package dev.tollbar.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tollbar.api.Outcome;
import dev.tollbar.api.Tool;
import dev.tollbar.api.Verdict;
import dev.tollbar.legacy.Handshake;
import dev.tollbar.legacy.Sessions;
import dev.tollbar.policy.ConfiguredRule;
import dev.tollbar.policy.Denial;
import dev.tollbar.policy.Policy;
import dev.tollbar.policy.RuleVerdict;
import dev.tollbar.policy.Section;
import dev.tollbar.protocol.CacheHints;
import dev.tollbar.protocol.Door;
import dev.tollbar.protocol.ListFilter;
import dev.tollbar.protocol.Listing;
import dev.tollbar.protocol.MalformedListException;
import dev.tollbar.protocol.Reply;
import dev.tollbar.protocol.Revision;
import dev.tollbar.upstream.ToolCatalog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Which replies are read and edited, and how: the handshake, the lists, and what result rules
 * judge.
 */
final class Edits {
  private final Sessions sessions;
  private final RuleWatch watch;
  private final Unfinished unfinished;

  Edits(Sessions sessions, RuleWatch watch, Unfinished unfinished) {
    this.sessions = sessions;
    this.watch = watch;
    this.unfinished = unfinished;
  }

  /** What is done to the reply of this call; empty if it streams through unread. */
  Optional<Edit> of(Forwarded forwarded, ClientReply client, Trail trail) {
    Routed routed = forwarded.call().routed();
    return switch (routed.door()) {
      case INITIALIZE -> Optional.of(message -> open(forwarded, message, client));
      case LIST_TOOLS -> Optional.of(message -> tools(routed, message));
      case LIST_PROMPTS -> Optional.of(list(routed, Listing.PROMPTS, Section.PROMPTS));
      case LIST_RESOURCES -> Optional.of(list(routed, Listing.RESOURCES, Section.RESOURCES));
      case LIST_TEMPLATES -> Optional.of(list(routed, Listing.TEMPLATES, Section.RESOURCES));
      case LIST_TASKS -> Optional.of(unfinished.ownTasks(routed));
      case DISCOVER -> Optional.of(message -> CacheHints.discovered(message));
      default -> result(forwarded, trail);
    };
  }

  private Optional<Edit> result(Forwarded forwarded, Trail trail) {
    Routed routed = forwarded.routed();
    List<ConfiguredRule> rules = forwarded.call().resultRules();
    Edit judging = message -> judge(forwarded, rules, message, trail);
    if (routed.door() == Door.RESOURCE_READ && routed.protocolRevision().isModern()) {
      return Optional.of(message -> CacheHints.keepPrivate(judging.apply(message)));
    }
    if (rules.isEmpty() && !unfinished.needsAll(routed)) {
      return Optional.empty();
    }
    return Optional.of(judging);
  }

  /**
   * What a client gets instead of a result that asks for more or becomes a task, if the policy does
   * not permit what it asks; empty if the result may pass.
   */
  Optional<byte[]> incomplete(Forwarded forwarded, Reply.Result result, byte[] message, Trail trail)
      throws IOException {
    Optional<Denial> denial = unfinished.denial(forwarded, result, message);
    denial.ifPresent(trail::denied);
    return denial.map(it -> Answers.denial(forwarded.routed(), it));
  }

  /** Notes what a reply begins that was passed on unread. */
  void passed(Forwarded forwarded, Reply reply) {
    unfinished.passed(forwarded, reply);
  }

  /** The outcome with the result in it, where a rule wants to read it. */
  static Outcome withResult(Forwarded forwarded, Reply.Result result, byte[] message)
      throws IOException {
    return new Outcome.Answered(
        result.isError(),
        forwarded.call().resultRules().isEmpty()
            ? Optional.empty()
            : Optional.of(ReplyBytes.result(message)));
  }

  private byte[] open(Forwarded forwarded, byte[] message, ClientReply client) throws IOException {
    Routed routed = forwarded.call().routed();
    Revision agreed = Handshake.agreedRevision(message);
    String id =
        sessions
            .open(
                routed.caller().grant().name(),
                RouteStage.reach(routed.server()),
                agreed,
                forwarded.upstream(),
                routed.message())
            .orElseThrow(() -> new IOException("too many sessions are open"))
            .id();
    forwarded.keep();
    client.session(id);
    return message;
  }

  private static byte[] tools(Routed routed, byte[] message)
      throws IOException, MalformedListException {
    byte[] filtered =
        ListFilter.read(message, Listing.TOOLS)
            .keep(entry -> {
              routed.server().catalog().learn(entry);
              return routed.policy().visible(Section.TOOLS, ToolCatalog.tool(entry));
            });
    return hinted(routed, filtered);
  }

  private static Edit list(Routed routed, Listing listing, Section section) {
    return message ->
        hinted(
            routed,
            ListFilter.read(message, listing)
                .keep(entry ->
                    routed
                        .policy()
                        .visible(section, Tool.named(entry.path(listing.key()).asText("")))));
  }

  /** What is filtered for one grant must not be kept for others. */
  private static byte[] hinted(Routed routed, byte[] message) throws IOException {
    return routed.protocolRevision().isModern() ? CacheHints.keepPrivate(message) : message;
  }

  private byte[] judge(Forwarded forwarded, List<ConfiguredRule> rules, byte[] message, Trail trail)
      throws IOException {
    if (rules.isEmpty()) {
      return message; // held whole for another reason: nobody wants to read it
    }
    JsonNode result = ReplyBytes.result(message);
    for (ConfiguredRule rule : rules) {
      Verdict verdict = watch.evaluateResult(rule, forwarded.call().call().orElseThrow(), result);
      trail.verdict(new RuleVerdict(rule, verdict));
      if (!rule.shadow() && verdict instanceof Verdict.Deny deny) {
        Denial denial = Policy.denial(rule, deny);
        trail.denied(denial);
        Routed routed = forwarded.call().routed();
        return Answers.denial(routed, denial);
      }
    }
    return message;
  }
}
