/** Receipts, ledger entries, money, and the ledger port. */
@NullMarked
package dev.millrace.schema.ledger;

import org.jspecify.annotations.NullMarked;
