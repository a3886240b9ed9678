/** What receipts are worth: their checks, their price, their chain, and totals over a period. */
@NullMarked
package dev.millrace.ledger.receipt;

import org.jspecify.annotations.NullMarked;
