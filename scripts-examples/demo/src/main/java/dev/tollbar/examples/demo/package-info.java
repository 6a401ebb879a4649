/** The tour: a gateway in front of a server, and what it does to calls. */
@NullMarked
package dev.tollbar.examples.demo;

import org.jspecify.annotations.NullMarked;
