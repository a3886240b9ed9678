package dev.millrace.orch.api.view;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * Asks that a provider be let in.
 *
 * @param endpoint where the provider will reach this coordinator; null for one that comes through
 *     the intermediate bucket alone
 */
public record JoinRequest(String provider, @Nullable URI endpoint) {}
