package dev.tollbar.pipeline;

import dev.tollbar.protocol.ErrorCode;
import dev.tollbar.protocol.MalformedMessageException;
import java.util.Optional;

/**
 * Ends the line before policy: the message is not one that the gateway serves to this client.
 * Carries what the client is told; a decision record keeps the same words.
 */
public final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final int code;
  private final String name;

  @SuppressWarnings("serial") // never sent anywhere
  private final Optional<String> challenge;

  @SuppressWarnings("serial") // never sent anywhere
  private final Optional<String> data;

  /**
   * Refuses a message.
   *
   * @param status of HTTP
   * @param code of JSON-RPC
   * @param name one word for records and metrics: {@code unknown_grant}
   * @param message for the client
   */
  public Refusal(int status, int code, String name, String message) {
    this(status, code, name, message, Optional.empty(), Optional.empty());
  }

  /**
   * As above, with a challenge.
   *
   * @param challenge the {@code WWW-Authenticate} header
   */
  public Refusal(int status, int code, String name, String message, Optional<String> challenge) {
    this(status, code, name, message, challenge, Optional.empty());
  }

  private Refusal(
      int status,
      int code,
      String name,
      String message,
      Optional<String> challenge,
      Optional<String> data) {
    super(message, null, false, false);
    this.status = status;
    this.code = code;
    this.name = name;
    this.challenge = challenge;
    this.data = data;
  }

  /**
   * The same with data of the error.
   *
   * @param json its text
   */
  Refusal withData(String json) {
    return new Refusal(status, code, name, text(), challenge, Optional.of(json));
  }

  /** Params that cannot be read are an error of the method; the rest is no JSON-RPC at all. */
  static Refusal malformed(MalformedMessageException fault) {
    int status = fault.code() == ErrorCode.INVALID_PARAMS ? 200 : 400;
    return new Refusal(status, fault.code(), "malformed", String.valueOf(fault.getMessage()));
  }

  /** Where a request must say itself what it speaks, one that cannot be read does not say it. */
  static Refusal unreadable(MalformedMessageException fault) {
    return new Refusal(400, fault.code(), "malformed", String.valueOf(fault.getMessage()));
  }

  /** The gateway takes nothing any more. */
  static Refusal stopping() {
    return new Refusal(503, ErrorCode.INTERNAL_ERROR, "stopping", "The gateway is stopping.");
  }

  /** The gateway works on as much as it can, or the server does. */
  static Refusal overloaded(String name, String text) {
    return new Refusal(503, ErrorCode.OVERLOADED, name, text).withData("{\"retryAfterMs\":1000}");
  }

  /** Nobody is known while grants cannot be looked up. */
  static Refusal grantsOutOfReach() {
    return new Refusal(
        503, ErrorCode.INTERNAL_ERROR, "store_unavailable", "Grants are out of reach.");
  }

  public int status() {
    return status;
  }

  public int code() {
    return code;
  }

  public String name() {
    return name;
  }

  public Optional<String> challenge() {
    return challenge;
  }

  /** The data of the error, as JSON text. */
  public Optional<String> data() {
    return data;
  }

  public String text() {
    return String.valueOf(getMessage());
  }
}
