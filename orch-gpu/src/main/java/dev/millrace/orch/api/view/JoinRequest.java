package dev.millrace.orch.api.view;

import java.net.URI;

/**
 * Asks that a provider be let in.
 *
 * @param endpoint where the provider will reach this coordinator
 */
public record JoinRequest(String provider, URI endpoint) {}
