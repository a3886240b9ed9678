package dev.millrace.orch.api.view;

import org.jspecify.annotations.Nullable;

/**
 * One line of a verification that tells how far it is; the last one says what was found.
 *
 * @param done entries read so far
 * @param of so many
 * @param found null before the end
 */
public record VerifyProgress(long done, long of, @Nullable VerifyView found) {
  /** On the way. */
  public static VerifyProgress of(long done, long size) {
    return new VerifyProgress(done, size, null);
  }

  /** The end. */
  public static VerifyProgress of(VerifyView found) {
    Long size = found.size();
    long all = size == null ? 0 : size;
    return new VerifyProgress(all, all, found);
  }
}
