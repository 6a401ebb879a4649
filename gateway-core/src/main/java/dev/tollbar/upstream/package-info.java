/** Servers behind the gateway and the sessions on them. */
@NullMarked
package dev.tollbar.upstream;

import org.jspecify.annotations.NullMarked;
