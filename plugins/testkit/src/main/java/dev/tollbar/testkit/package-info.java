/**
 * Runs scenario files against a gateway in this process: real documents, rules and plugin jars; a
 * clock that the scenario sets, and a server that answers as the scenario says.
 */
@NullMarked
package dev.tollbar.testkit;

import org.jspecify.annotations.NullMarked;
