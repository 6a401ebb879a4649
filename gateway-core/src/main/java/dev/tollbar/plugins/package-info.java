/** Loads plugin jars; the only package that knows PF4J's manager. */
@NullMarked
package dev.tollbar.plugins;

import org.jspecify.annotations.NullMarked;
