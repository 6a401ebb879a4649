package dev.tollbar.legacy;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.protocol.Message;

/** What a server does about a call. */
sealed interface CallEvent {

  /** It says something on the way. */
  record Said(Message notification) implements CallEvent {}

  /** It asks something of the client, and goes on when it is answered. */
  record Asked(Question question) implements CallEvent {}

  /** It answers the call: the end. */
  record Answered(Message response) implements CallEvent {}

  /** There will be no answer: the end too. */
  record Failed(UpstreamException why) implements CallEvent {}
}
