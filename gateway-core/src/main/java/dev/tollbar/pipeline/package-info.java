/** The request line: parse, authenticate, route, decide, consent, meter, forward, settle, reply. */
@NullMarked
package dev.tollbar.pipeline;

import org.jspecify.annotations.NullMarked;
