/** What parts of the gateway cost, each by itself. */
@NullMarked
package dev.tollbar.bench;

import org.jspecify.annotations.NullMarked;
