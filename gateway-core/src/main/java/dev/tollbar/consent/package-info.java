/** Asks people, and waits for their answer. */
@NullMarked
package dev.tollbar.consent;

import org.jspecify.annotations.NullMarked;
