/** Documents of other dialects as documents of version 2. Pure. */
@NullMarked
package dev.tollbar.convert;

import org.jspecify.annotations.NullMarked;
