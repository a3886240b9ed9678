package dev.millrace.triggers.embedded.crash;

/** An event that must be in the outbox, exactly once. */
record Expected(String name, String key, long generation, long size) {}
