/** What a document may say and is hardly meant: policy language, section 10. Pure. */
@NullMarked
package dev.tollbar.lint;

import org.jspecify.annotations.NullMarked;
