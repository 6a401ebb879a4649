/** Compiled policies and the decision: pure, no I/O, threads or clock of its own. */
@NullMarked
package dev.tollbar.policy;

import org.jspecify.annotations.NullMarked;
