/** The rule kinds {@code limits} and {@code rate_limit}. */
@NullMarked
package dev.tollbar.rule.limits;

import org.jspecify.annotations.NullMarked;
