/** Files of keys in the data folder. */
@NullMarked
package dev.tollbar.keys;

import org.jspecify.annotations.NullMarked;
