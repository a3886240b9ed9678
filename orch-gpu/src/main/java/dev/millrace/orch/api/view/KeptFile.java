package dev.millrace.orch.api.view;

/** A file that was kept, by SHA-256 in lower-case hex. */
public record KeptFile(String sha256) {}
