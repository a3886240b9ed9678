/** Time that is passed in: a monotonic ticker beside the wall clock. */
@NullMarked
package dev.millrace.schema.time;

import org.jspecify.annotations.NullMarked;
