/**
 * The transport kinds over HTTP, {@code streamable_http} and {@code sse}: a server behind a URL.
 */
@NullMarked
package dev.tollbar.transport.http;

import org.jspecify.annotations.NullMarked;
