package dev.tollbar.pipeline;

import dev.tollbar.api.MessageId;
import dev.tollbar.api.Question;
import dev.tollbar.consent.Consent;
import dev.tollbar.consent.DecisionLinks;
import dev.tollbar.consent.DecisionLinks.Purpose;
import dev.tollbar.consent.Ruling;
import dev.tollbar.consent.Texts;
import dev.tollbar.consent.Waiting;
import dev.tollbar.legacy.InFlight;
import dev.tollbar.legacy.Session;
import dev.tollbar.protocol.JsonText;
import dev.tollbar.protocol.Message;
import dev.tollbar.protocol.Revision;
import dev.tollbar.state.Approval;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that waits for people: tells its client how long, and asks whoever sits at it where the
 * policy wants that. One thread waits; answers of the client come on others.
 */
final class HeldCall implements Waiting, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeldCall.class);

  /** How often the client hears that the call is still alive. */
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Routed routed;
  private final PatientReply client;
  private final Optional<InFlight> inFlight;
  private final Optional<OwnRound> brought;
  private final Consent consent;
  private final DecisionLinks links;
  private final Set<String> asked = new HashSet<>();
  private final Set<String> dismissed = ConcurrentHashMap.newKeySet();
  private final Map<MessageId, String> open = new LinkedHashMap<>();
  private final Set<String> pages = ConcurrentHashMap.newKeySet();
  private Optional<String> input = Optional.empty();
  private Duration nextSign = Duration.ZERO;
  private int signs;

  HeldCall(
      Routed routed,
      PatientReply client,
      Optional<InFlight> inFlight,
      Optional<OwnRound> brought,
      Consent consent,
      DecisionLinks links) {
    this.routed = routed;
    this.client = client;
    this.inFlight = inFlight;
    this.brought = brought;
    this.consent = consent;
    this.links = links;
  }

  /** The result that asks the client, if it must be asked before the call can go on. */
  Optional<String> input() {
    return input;
  }

  /** Nobody has decided yet: the page that the client has opened is not done with. */
  void stillOpen() {
    pages.clear();
  }

  @Override
  public boolean cancelled() {
    return inFlight.map(InFlight::cancelled).orElse(false);
  }

  @Override
  public boolean goesOn(Held held) throws InterruptedException {
    if (asked.add(held.approval().id())) {
      nextSign = held.waited();
      boolean on = held.question().via() != Question.Via.ELICITATION || ask(held.approval());
      if (!on) {
        return false;
      }
    }
    if (dismissed.contains(held.approval().id())) {
      return false;
    }
    if (held.waited().compareTo(nextSign) >= 0 && held.waited().compareTo(held.hold()) < 0) {
      sign(held);
      nextSign = held.waited().plus(INTERVAL);
    }
    return true;
  }

  /** Whether the call is to be kept open for the answer. */
  private boolean ask(Approval approval) {
    String pageId = UUID.randomUUID().toString();
    Optional<String> page = links.url(approval.id(), Purpose.DECIDE, 0, approval.expires());
    Optional<ClientQuestion> question =
        ClientQuestion.of(approval, Elicits.by(routed), routed.protocolRevision(), page, pageId);
    if (question.isEmpty()) {
      return true; // as if nobody sat there: others decide
    }
    if (routed.session().isPresent()) {
      ask(routed.session().get(), approval, question.get(), pageId);
      return true;
    }
    Optional<OwnRound> round = brought.filter(it -> it.approval().equals(approval.id()));
    if (round.isEmpty()) {
      input = Optional.of(OwnRound.ask(approval, question.get(), links));
      return false;
    }
    return heard(approval, question.get().read(round.get().result()));
  }

  /** As a request, on the stream of the call's answer. */
  private void ask(Session session, Approval approval, ClientQuestion question, String pageId) {
    MessageId id = MessageId.text("tollbar-approval-" + UUID.randomUUID());
    session.askOwn(id, answer -> answered(approval, question, pageId, answer));
    open.put(id, approval.id());
    boolean said =
        client.say(
            bytes(
                "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\",\"params\":%s}"
                    .formatted(id.json(), ClientQuestion.METHOD, question.params())));
    if (!said) {
      session.takeOwn(id);
    }
  }

  private void answered(Approval approval, ClientQuestion question, String pageId, Message answer) {
    ClientQuestion.Said said =
        answer.result().map(question::read).orElseGet(ClientQuestion.Said.Nothing::new);
    if (said instanceof ClientQuestion.Said.PageOpened) {
      pages.add(pageId);
    }
    heard(approval, said);
  }

  /** Whether there may still come an answer, or has come one. */
  private boolean heard(Approval approval, ClientQuestion.Said said) {
    return switch (said) {
      case ClientQuestion.Said.Decided decided -> {
        Ruling ruling =
            consent.decide(
                approval.id(),
                decided.approve(),
                "client of " + routed.caller().grant().name(),
                decided.comment());
        if (!ruling.taken()) {
          LOG.info("the client of {} has answered in vain: {}", approval.grant(), ruling.text());
        }
        yield true;
      }
      case ClientQuestion.Said.PageOpened _ -> true;
      case ClientQuestion.Said.Nothing _ -> {
        dismissed.add(approval.id());
        yield false;
      }
    };
  }

  /** Progress where the client wants that, else a comment. */
  private void sign(Held held) {
    Optional<MessageId> token = routed.message().progressToken();
    if (token.isPresent()) {
      client.say(progress(token.get(), held));
    } else if (!held.waited().isZero() && signs > 0) {
      client.beat();
    }
    signs++;
  }

  /**
   * Progress must grow, and the server's own begins at 0 or more: what the gateway reports grows
   * below 0.
   */
  private byte[] progress(MessageId token, Held held) {
    String message =
        routed.protocolRevision().isSince(Revision.V2025_03_26)
            ? ",\"message\":"
                + JsonText.quote(
                    "Waiting for approval %s, for another %s at most"
                        .formatted(
                            held.approval().id(), Texts.inWords(held.hold().minus(held.waited()))))
            : "";
    return bytes(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progressToken\":%s,\"progress\":%s%s}}"
            .formatted(token.json(), -1.0 / (signs + 1), message));
  }

  /** What the client was asked and has not answered, nobody wants to know any more. */
  @Override
  public void close() {
    routed
        .session()
        .ifPresent(session ->
            open.forEach((id, approval) -> {
              if (session.takeOwn(id).isPresent()) {
                client.say(
                    bytes(
                        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":%s,\"reason\":%s}}"
                            .formatted(
                                id.json(),
                                JsonText.quote(
                                    "Approval " + approval + " needs no answer here."))));
              }
            }));
    for (String page : pages) {
      client.say(
          bytes(
              "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/elicitation/complete\",\"params\":{\"elicitationId\":%s}}"
                  .formatted(JsonText.quote(page))));
    }
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
