/** Signed statements of a log's size and root (c2sp.org/tlog-checkpoint, c2sp.org/signed-note). */
@NullMarked
package dev.millrace.ledger.checkpoint;

import org.jspecify.annotations.NullMarked;
