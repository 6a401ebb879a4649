/** The rule kinds {@code require} and {@code deny_if}. */
@NullMarked
package dev.tollbar.rule.conditions;

import org.jspecify.annotations.NullMarked;
