package dev.millrace.orch.api.view;

/**
 * A token that was made.
 *
 * @param secret the token itself: it is shown this once and kept nowhere
 */
public record TokenAnswer(TokenView token, String secret) {}
