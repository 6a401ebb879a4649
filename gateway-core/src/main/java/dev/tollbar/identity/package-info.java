/** Grants and tokens. */
@NullMarked
package dev.tollbar.identity;

import org.jspecify.annotations.NullMarked;
