/**
 * Measures what the budgets are about, each beside its floor in the same run: on a coordinator in a
 * process of its own, on the planner, and on the ledger.
 */
@NullMarked
package dev.millrace.orch.bench;

import org.jspecify.annotations.NullMarked;
