package dev.millrace.schema.object;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Word that something happened to an object. It may come twice, late, out of order or never, and is
 * believed in nothing but that one should look.
 *
 * @param source who said so, for instance {@code listing}, {@code outbox}, {@code webhook/minio}
 * @param object its key was decoded once, by the transport that knows how it was encoded
 * @param hint the version that the notice speaks of, where it tells
 * @param receivedAt wall time here
 * @param alias what the object was in a listing, where it comes from one: as long as the notice
 *     waits, the same row of another listing says nothing new
 */
public record Notice(
    String source,
    ObjectName object,
    @Nullable VersionTag hint,
    Instant receivedAt,
    @Nullable String alias) {
  /** One that comes from no listing. */
  public Notice(String source, ObjectName object, @Nullable VersionTag hint, Instant receivedAt) {
    this(source, object, hint, receivedAt, null);
  }
}
