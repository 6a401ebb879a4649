/** The gateway as a stdio MCP server: a child process of its only client. */
@NullMarked
package dev.tollbar.stdio;

import org.jspecify.annotations.NullMarked;
