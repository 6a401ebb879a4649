/** An MCP server over stdio that pretends to make Live2D models out of photos. */
@NullMarked
package dev.tollbar.examples.live2d;

import org.jspecify.annotations.NullMarked;
