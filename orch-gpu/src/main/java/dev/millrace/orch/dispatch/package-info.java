/** From the queue to a placement: asks the pure planner, and lets the journal arbitrate. */
@NullMarked
package dev.millrace.orch.dispatch;

import org.jspecify.annotations.NullMarked;
