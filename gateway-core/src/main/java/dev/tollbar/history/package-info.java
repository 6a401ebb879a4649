/** What changes from one revision of a document to another, in words and as data. Pure. */
@NullMarked
package dev.tollbar.history;

import org.jspecify.annotations.NullMarked;
