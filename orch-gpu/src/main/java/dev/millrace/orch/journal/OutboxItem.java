package dev.millrace.orch.journal;

import dev.millrace.schema.ledger.LedgerEntry;

/**
 * An entry on its way to the ledger.
 *
 * @param taken whether it is for this ledger and no other; else whoever takes it first has it
 */
public record OutboxItem(long id, LedgerEntry entry, boolean taken) {}
