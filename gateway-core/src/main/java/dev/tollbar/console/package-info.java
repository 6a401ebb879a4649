/** The admin API and its page; health and metrics. */
@NullMarked
package dev.tollbar.console;

import org.jspecify.annotations.NullMarked;
