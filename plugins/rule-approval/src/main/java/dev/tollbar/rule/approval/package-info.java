/** The rule kind {@code approval}. */
@NullMarked
package dev.tollbar.rule.approval;

import org.jspecify.annotations.NullMarked;
