package dev.millrace.orch.api.view;

import dev.millrace.schema.object.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * An object to be uploaded, by one PUT or in parts.
 *
 * @param store null means the embedded store
 * @param step of an upload in parts; null for one PUT of the whole, up to 5 GiB
 */
public record UploadRequest(
    @Nullable String store, String bucket, String key, @Nullable UploadStepView step) {
  /** One PUT of the whole. */
  public static UploadRequest whole(ObjectView object) {
    return new UploadRequest(object.store(), object.bucket(), object.key(), null);
  }

  /** A step. */
  public static UploadRequest step(ObjectView object, UploadStepView step) {
    return new UploadRequest(object.store(), object.bucket(), object.key(), step);
  }

  /**
   * The name that is meant.
   *
   * @throws IllegalArgumentException when no object can be called so
   */
  public ObjectName name() {
    return new ObjectView(store, bucket, key).name();
  }
}
