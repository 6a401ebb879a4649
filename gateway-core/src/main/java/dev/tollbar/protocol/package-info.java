/** JSON-RPC and MCP on the wire: strict parsing, methods, revisions, error codes. */
@NullMarked
package dev.tollbar.protocol;

import org.jspecify.annotations.NullMarked;
