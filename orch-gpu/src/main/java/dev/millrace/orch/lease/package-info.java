/** Leases that are not renewed, and quarantines that end. */
@NullMarked
package dev.millrace.orch.lease;

import org.jspecify.annotations.NullMarked;
