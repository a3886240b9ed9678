package dev.millrace.orch.keys;

import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.sign.Hex;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Keys of the digests in the ledger, one a job, derived from its tenant's by HMAC-SHA-256: who has
 * the ledger alone cannot tell whether two jobs had the same input.
 */
public final class DigestKeys {
  private final byte[] master;

  /**
   * Derives from this.
   *
   * @param master 32 bytes
   */
  public DigestKeys(byte[] master) {
    this.master = master.clone();
  }

  /** The job's key in hex. */
  public String of(TenantId tenant, JobId job) {
    return Hex.of(mac(mac(master, "tenant " + tenant.value()), "job " + job.value()));
  }

  private static byte[] mac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HmacSHA256", e);
    }
  }
}
