/** What only the revisions with Mcp-Session-Id need. */
@NullMarked
package dev.tollbar.legacy;

import org.jspecify.annotations.NullMarked;
