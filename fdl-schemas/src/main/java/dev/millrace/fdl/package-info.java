/** The room fdl-schemas. */
@NullMarked
package dev.millrace.fdl;

import org.jspecify.annotations.NullMarked;
