/** The rule kind {@code deny}. */
@NullMarked
package dev.tollbar.rule.deny;

import org.jspecify.annotations.NullMarked;
