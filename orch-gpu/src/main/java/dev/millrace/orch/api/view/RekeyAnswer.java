package dev.millrace.orch.api.view;

/**
 * What became of the key that secrets are sealed under: there is a new one.
 *
 * @param secrets how many were sealed again
 */
public record RekeyAnswer(int secrets) {}
