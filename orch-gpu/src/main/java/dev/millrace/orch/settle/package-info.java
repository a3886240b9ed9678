/** From a run's manifest, or its silence, to the attempt's end and its ledger entry. */
@NullMarked
package dev.millrace.orch.settle;

import org.jspecify.annotations.NullMarked;
