/** Many servers as one: what stands in front of the gateway where a client wants all of them. */
@NullMarked
package dev.tollbar.aggregate;

import org.jspecify.annotations.NullMarked;
