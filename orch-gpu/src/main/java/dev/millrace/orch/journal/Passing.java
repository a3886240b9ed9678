package dev.millrace.orch.journal;

/** Rows that nothing asks for any more once what they are about is over. */
public enum Passing {
  /** Decided notices. */
  NOTICES,
  /** Leases that are free, with their slices. */
  LEASES,
  /** Entries of the outbox that the ledger has. */
  ENTRIES
}
