/** What is removed after a while: decided in the journal first, deleted then, and said after. */
@NullMarked
package dev.millrace.orch.retention;

import org.jspecify.annotations.NullMarked;
