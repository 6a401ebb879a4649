/** Grants, tokens, and who may knock at a gateway without grants. */
@NullMarked
package dev.tollbar.identity;

import org.jspecify.annotations.NullMarked;
