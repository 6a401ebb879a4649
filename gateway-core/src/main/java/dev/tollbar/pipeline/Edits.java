package dev.tollbar.pipeline;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import dev.tollbar.protocol.ListFilter;
import dev.tollbar.protocol.Listing;
import dev.tollbar.protocol.MalformedListException;
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
  private static final ObjectMapper EXACT =
      JsonMapper.builder()
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final Sessions sessions;
  private final RuleWatch watch;

  Edits(Sessions sessions, RuleWatch watch) {
    this.sessions = sessions;
    this.watch = watch;
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
      default -> {
        List<ConfiguredRule> rules = forwarded.call().resultRules();
        yield rules.isEmpty()
            ? Optional.empty()
            : Optional.of(message -> judge(forwarded, rules, message, trail));
      }
    };
  }

  /** The outcome with the result in it, where a rule wants to read it. */
  static Outcome withResult(Forwarded forwarded, Outcome.Answered answered, byte[] message)
      throws IOException {
    return forwarded.call().resultRules().isEmpty()
        ? answered
        : new Outcome.Answered(answered.isError(), Optional.of(result(message)));
  }

  private byte[] open(Forwarded forwarded, byte[] message, ClientReply client) throws IOException {
    Routed routed = forwarded.call().routed();
    Revision agreed = Handshake.agreedRevision(message);
    String id =
        sessions
            .open(
                routed.caller().grant().name(),
                routed.server().name(),
                agreed,
                forwarded.upstream())
            .orElseThrow(() -> new IOException("too many sessions are open"))
            .id();
    forwarded.keep();
    client.session(id);
    return message;
  }

  private static byte[] tools(Routed routed, byte[] message) throws MalformedListException {
    return ListFilter.read(message, Listing.TOOLS)
        .keep(entry -> {
          routed.server().catalog().learn(entry);
          return routed.policy().visible(Section.TOOLS, ToolCatalog.tool(entry));
        });
  }

  private static Edit list(Routed routed, Listing listing, Section section) {
    return message ->
        ListFilter.read(message, listing)
            .keep(entry ->
                routed.policy().visible(section, Tool.named(entry.path(listing.key()).asText(""))));
  }

  private byte[] judge(Forwarded forwarded, List<ConfiguredRule> rules, byte[] message, Trail trail)
      throws IOException {
    JsonNode result = result(message);
    for (ConfiguredRule rule : rules) {
      Verdict verdict = watch.evaluateResult(rule, forwarded.call().call().orElseThrow(), result);
      trail.verdict(new RuleVerdict(rule, verdict));
      if (!rule.shadow() && verdict instanceof Verdict.Deny deny) {
        Denial denial = Policy.denial(rule, deny);
        trail.denied(denial);
        Routed routed = forwarded.call().routed();
        return Answers.denial(routed.door(), routed.id(), denial);
      }
    }
    return message;
  }

  private static JsonNode result(byte[] message) throws IOException {
    return EXACT.readTree(message).path("result");
  }
}
