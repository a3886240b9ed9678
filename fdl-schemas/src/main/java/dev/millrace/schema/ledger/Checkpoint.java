package dev.millrace.schema.ledger;

/**
 * A signed statement of a log's size and root, in the C2SP tlog-checkpoint form.
 *
 * @param note the whole signed note as published
 * @param rootHash hex
 */
public record Checkpoint(String origin, long size, String rootHash, String note) {}
