package dev.tollbar.transport.http;

import dev.tollbar.api.UpstreamException;
import dev.tollbar.api.UpstreamTransport.Health;

/** How the server is doing, by what it last did. */
final class LastContact {
  private static final Health ANSWERS = new Health(true, "answers");

  private volatile Health health = new Health(true, "not used yet");

  Health health() {
    return health;
  }

  /** A reply that may be a refusal. */
  void answered(int status) {
    boolean refuses = status >= 500 || status == 401 || status == 403 || status == 407;
    if (refuses) {
      health = new Health(false, "answered with status " + status);
    } else if (!health.equals(ANSWERS)) {
      health = ANSWERS;
    }
  }

  void failed(UpstreamException failure) {
    switch (failure.reason()) {
      case REFUSED -> answered(failure.status());
      case UNREACHABLE, BROKEN, TIMEOUT, MALFORMED ->
          health = new Health(false, String.valueOf(failure.getMessage()));
      case SESSION_LOST, EXHAUSTED -> {}
    }
  }
}
