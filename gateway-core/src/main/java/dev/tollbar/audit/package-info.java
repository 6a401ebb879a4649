/** Decision records. */
@NullMarked
package dev.tollbar.audit;

import org.jspecify.annotations.NullMarked;
