package dev.tollbar.identity;

/** Who a client is, by what it showed. Only {@link Known} may go on. */
public sealed interface Authenticated {

  record Known(Grant grant) implements Authenticated {}

  /** No {@code Authorization} header. */
  record Missing() implements Authenticated {}

  /** A token that nobody was given. */
  record Unknown() implements Authenticated {}

  /** A header that is not {@code Bearer} and one token. */
  record Malformed() implements Authenticated {}

  record Expired(String grant) implements Authenticated {}

  record Revoked(String grant) implements Authenticated {}
}
