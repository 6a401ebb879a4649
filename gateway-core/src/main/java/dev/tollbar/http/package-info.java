/** The only package that knows the web server. */
@NullMarked
package dev.tollbar.http;

import org.jspecify.annotations.NullMarked;
