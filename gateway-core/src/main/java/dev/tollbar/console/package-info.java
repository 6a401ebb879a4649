/** The admin API: health and metrics. */
@NullMarked
package dev.tollbar.console;

import org.jspecify.annotations.NullMarked;
