/**
 * What a Tollbar plugin compiles against: rule kinds, transport kinds and the types they speak in.
 *
 * <p>A plugin is one jar in the gateway's {@code plugins/} folder. It supplies any number of {@link
 * dev.tollbar.api.RuleKind} and {@link dev.tollbar.api.TransportKind} implementations, each marked
 * with PF4J's {@code @Extension}. All code of a plugin runs on virtual threads and may block; an
 * interrupt means that the call was cancelled or ran out of time. Nothing here returns or takes
 * {@code null} unless it is marked so.
 */
@NullMarked
package dev.tollbar.api;

import org.jspecify.annotations.NullMarked;
