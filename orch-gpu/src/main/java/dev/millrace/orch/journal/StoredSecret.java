package dev.millrace.orch.journal;

import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.TenantId;
import java.time.Instant;

/**
 * What may be told of a secret.
 *
 * @param keyId of the key that it is sealed under
 * @param bytes of its value
 * @param setAt when it got this value
 */
public record StoredSecret(
    TenantId tenant, SecretName name, String keyId, int bytes, Instant createdAt, Instant setAt) {}
