package dev.millrace.triggers.s3;

import dev.millrace.schema.object.StoreId;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * How a store is reached.
 *
 * @param endpoint empty for AWS itself
 * @param pathStyle whether the bucket stands in the path, as stores outside AWS want it
 * @param attemptTimeout how long one request may take, its body included
 */
public record S3StoreSettings(
    StoreId id,
    Optional<URI> endpoint,
    String region,
    AccessKeyPair keys,
    boolean pathStyle,
    Duration attemptTimeout) {

  /** An access key. Its text form does not show the secret. */
  public record AccessKeyPair(String id, String secret) {
    @Override
    public String toString() {
      return "AccessKeyPair[" + id + ", hidden]";
    }
  }

  /** A store at that address, path style, with an hour for one request. */
  public static S3StoreSettings at(StoreId id, URI endpoint, String region, AccessKeyPair keys) {
    return new S3StoreSettings(id, Optional.of(endpoint), region, keys, true, Duration.ofHours(1));
  }
}
