/** From a placed job to its end: one virtual thread drives a persisted state machine. */
@NullMarked
package dev.millrace.orch.flow;

import org.jspecify.annotations.NullMarked;
