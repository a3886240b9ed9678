/** The room orch-gpu. */
@NullMarked
package dev.millrace.orch;

import org.jspecify.annotations.NullMarked;
