package dev.millrace.triggers.embedded.crash;

/** What is under a key: one write of these bytes. */
record Version(String sha256, long size, long generation) {}
