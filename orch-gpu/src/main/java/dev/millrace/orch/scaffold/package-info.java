/** A first function for someone who has none: the files that it needs, ready to run. */
@NullMarked
package dev.millrace.orch.scaffold;

import org.jspecify.annotations.NullMarked;
