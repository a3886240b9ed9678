package dev.millrace.schema.object;

import java.time.Instant;

/** A bucket of a store, as the store lists it. */
public record ListedBucket(String name, Instant createdAt) {}
