/** Main, wiring, exit codes and the command line. */
@NullMarked
package dev.tollbar.bootstrap;

import org.jspecify.annotations.NullMarked;
