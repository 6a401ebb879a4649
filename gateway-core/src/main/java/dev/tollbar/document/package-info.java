/** From JSON or YAML to a compiled revision; problems, schema. */
@NullMarked
package dev.tollbar.document;

import org.jspecify.annotations.NullMarked;
