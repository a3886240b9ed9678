/** The one place that knows the JSON library. */
@NullMarked
package dev.millrace.schema.json;

import org.jspecify.annotations.NullMarked;
