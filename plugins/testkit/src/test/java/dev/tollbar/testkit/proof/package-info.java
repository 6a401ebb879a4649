/**
 * The proof of the evaluator: a second one, straight from the page of the policy language, and
 * random documents and calls to compare the two with. It shares no code with the first, and is as
 * slow and plain as it can be.
 */
@NullMarked
package dev.tollbar.testkit.proof;

import org.jspecify.annotations.NullMarked;
