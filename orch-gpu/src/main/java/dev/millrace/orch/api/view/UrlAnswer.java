package dev.millrace.orch.api.view;

/** A URL that works without credentials for a while. */
public record UrlAnswer(String url) {}
