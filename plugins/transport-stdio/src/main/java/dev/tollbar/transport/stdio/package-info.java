/** The transport kind {@code stdio}: a server as a child process, one for each session. */
@NullMarked
package dev.tollbar.transport.stdio;

import org.jspecify.annotations.NullMarked;
