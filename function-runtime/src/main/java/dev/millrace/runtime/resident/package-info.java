/** Workers: functions that are started once and given one job after another (docs/worker.md). */
@NullMarked
package dev.millrace.runtime.resident;

import org.jspecify.annotations.NullMarked;
