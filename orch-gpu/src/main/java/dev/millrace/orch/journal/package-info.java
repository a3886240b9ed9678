/**
 * The journal is the truth: notices, jobs, attempts, leases, functions, outbox. Everything that
 * changes is one {@link dev.millrace.orch.journal.Transition}, committed whole or not at all.
 */
@NullMarked
package dev.millrace.orch.journal;

import org.jspecify.annotations.NullMarked;
