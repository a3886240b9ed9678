package dev.millrace.orch.api.view;

/** Whether a coordinator is there, and which. */
public record Health(String version, boolean ready) {}
