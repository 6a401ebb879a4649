/** Regular expressions of strangers: RE2, in bounded memory. */
@NullMarked
package dev.tollbar.regex;

import org.jspecify.annotations.NullMarked;
