/** Tests that start the archive as a user would. */
@NullMarked
package dev.tollbar.distribution;

import org.jspecify.annotations.NullMarked;
