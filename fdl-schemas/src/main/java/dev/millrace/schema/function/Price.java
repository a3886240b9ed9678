package dev.millrace.schema.function;

import dev.millrace.schema.ledger.Money;

/** What a reserved MiB costs for a second. */
public record Price(Money perMibSecond) {}
