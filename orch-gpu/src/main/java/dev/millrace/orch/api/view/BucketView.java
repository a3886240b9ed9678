package dev.millrace.orch.api.view;

import dev.millrace.schema.object.ListedBucket;
import java.time.Instant;

/** A bucket of a store. */
public record BucketView(String name, Instant createdAt) {
  /** As the API writes it. */
  public static BucketView of(ListedBucket bucket) {
    return new BucketView(bucket.name(), bucket.createdAt());
  }
}
