package dev.millrace.schema.run;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.List;

/**
 * How a provider says who it is and what it has, signed by its own key as {@code
 * millrace.introduction.v1}; again and again, for a provider that is silent gets no orders.
 *
 * @param publicKey X.509 form in base64, of the key that signs this and its receipts
 * @param nonce not used before; the welcome repeats it
 */
public record Introduction(
    ProviderId provider, PoolId pool, String publicKey, List<Accelerator> devices, String nonce) {
  /** Type tag of the signed form. */
  public static final String TYPE = "millrace.introduction.v1";

  public Introduction {
    devices = List.copyOf(devices);
    for (Accelerator device : devices) {
      if (!device.provider().equals(provider) || !device.pool().equals(pool)) {
        throw new IllegalArgumentException(
            "device " + device.id() + " is not of provider " + provider + " in pool " + pool);
      }
    }
  }
}
