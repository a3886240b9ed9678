/** The only place that wires: what runs in one process, and in which order it starts and stops. */
@NullMarked
package dev.millrace.orch.up;

import org.jspecify.annotations.NullMarked;
