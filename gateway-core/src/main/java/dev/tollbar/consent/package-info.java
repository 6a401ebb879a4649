/** Asks people, and waits for their answer (policy language, section 7). */
@NullMarked
package dev.tollbar.consent;

import org.jspecify.annotations.NullMarked;
