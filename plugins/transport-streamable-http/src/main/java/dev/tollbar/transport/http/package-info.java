/** The transport kind {@code streamable_http}: a server behind a URL. */
@NullMarked
package dev.tollbar.transport.http;

import org.jspecify.annotations.NullMarked;
