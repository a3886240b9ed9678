/**
 * Which waiting job starts where: a pure function of the queue, the fleet, the usage, the policy
 * and the time. Nothing here reads a clock, a file or a socket.
 */
@NullMarked
package dev.millrace.orch.plan;

import org.jspecify.annotations.NullMarked;
