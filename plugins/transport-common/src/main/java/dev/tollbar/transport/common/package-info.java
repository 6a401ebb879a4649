/**
 * What transports share whose server says everything on one channel. Packed into the jar of each
 * plugin that uses it: plugins share no class but those of the API.
 */
@NullMarked
package dev.tollbar.transport.common;

import org.jspecify.annotations.NullMarked;
