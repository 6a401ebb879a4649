package dev.tollbar.http;

import java.time.Duration;

/**
 * What the connections of one port are allowed. May be others at any time.
 *
 * @param connections how many may be open
 * @param perAddress how many of them from one address that is not of this machine; 0 for as many as
 *     there may be
 * @param head how long a client may take to send the line and the headers of a request
 * @param body how long it may take to send the body; a body that arrives faster than {@link
 *     #SLOWEST} may take longer
 * @param idle how long a connection may wait for its next request
 * @param reply how long a client may take to read what it is sent, with the same exception
 * @param bodies how many bytes of bodies may be held at once
 */
public record ConnectionTerms(
    int connections,
    int perAddress,
    Duration head,
    Duration body,
    Duration idle,
    Duration reply,
    long bodies) {

  /** Bytes a second that are always fast enough. */
  static final long SLOWEST = 16 * 1024;
}
