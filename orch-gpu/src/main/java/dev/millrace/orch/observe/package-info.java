/** What happened, for whoever wants to know; derived from committed transitions alone. */
@NullMarked
package dev.millrace.orch.observe;

import org.jspecify.annotations.NullMarked;
