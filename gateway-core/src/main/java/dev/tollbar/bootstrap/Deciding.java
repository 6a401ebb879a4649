package dev.tollbar.bootstrap;

import dev.tollbar.consent.Answers;
import dev.tollbar.consent.Callback;
import dev.tollbar.consent.Consent;
import dev.tollbar.consent.DecisionLinks;
import dev.tollbar.consent.LinkDesk;
import dev.tollbar.consent.WebhookSender;
import dev.tollbar.consent.WebhookTarget;
import dev.tollbar.state.Approvals;
import dev.tollbar.state.State;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The parts of a gateway by which people decide.
 *
 * @param answers where everybody's answer is stored
 * @param consent the stage that asks
 * @param sender tells webhooks; to be closed
 * @param callback takes what receivers decide later
 * @param links by which people come
 * @param linkDesk answers those who come by them
 * @param dead what no webhook has taken
 */
record Deciding(
    Answers answers,
    Consent consent,
    WebhookSender sender,
    Callback callback,
    DecisionLinks links,
    LinkDesk linkDesk,
    DeadLetters dead) {

  /**
   * Makes them; nobody is told anything yet.
   *
   * @param webhooks the document's webhooks by name, as they are now
   * @throws IOException when the key of links can be neither read nor made
   */
  static Deciding open(
      State state,
      Path data,
      Supplier<Map<String, WebhookTarget>> webhooks,
      InstantSource clock,
      SecureRandom random)
      throws IOException {
    Approvals approvals = state.approvals();
    Answers answers = new Answers(approvals, clock);
    DecisionLinks links = DecisionLinks.open(data, random);
    WebhookSender sender =
        new WebhookSender(approvals, answers, state.deliveries(), webhooks, links, clock, random);
    return new Deciding(
        answers,
        new Consent(approvals, answers, sender, clock, random),
        sender,
        new Callback(approvals, answers, clock),
        links,
        new LinkDesk(approvals, answers, links, clock),
        new DeadLetters(state.deliveries()));
  }

  /**
   * Begins to tell webhooks, now that they can answer.
   *
   * @param address where people and receivers reach this gateway to decide; empty: nowhere
   */
  void begin(Optional<URI> address) {
    address.ifPresent(links::reachableAt);
    sender.begin();
  }
}
