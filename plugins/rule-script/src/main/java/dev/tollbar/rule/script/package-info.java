/** The rule kind {@code script}: predicates in JavaScript, run apart from everything else. */
@NullMarked
package dev.tollbar.rule.script;

import org.jspecify.annotations.NullMarked;
