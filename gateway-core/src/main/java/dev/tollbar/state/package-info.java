/** Counters, approvals and stored grants. */
@NullMarked
package dev.tollbar.state;

import org.jspecify.annotations.NullMarked;
