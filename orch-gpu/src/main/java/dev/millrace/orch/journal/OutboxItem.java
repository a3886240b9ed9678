package dev.millrace.orch.journal;

import dev.millrace.schema.ledger.LedgerEntry;

/** An entry on its way to the ledger. */
public record OutboxItem(long id, LedgerEntry entry) {}
