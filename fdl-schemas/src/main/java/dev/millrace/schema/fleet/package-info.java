/** Accelerators, the shares of them that attempts reserve, and what functions ask for. */
@NullMarked
package dev.millrace.schema.fleet;

import org.jspecify.annotations.NullMarked;
