/**
 * Decisions without a gateway: why a call is decided as it is, cases beside a policy, recorded
 * traffic against another document. Nothing here reaches a server or a person, or writes state.
 */
@NullMarked
package dev.tollbar.trial;

import org.jspecify.annotations.NullMarked;
