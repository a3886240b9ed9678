package dev.millrace.triggers.minio;

import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import io.minio.CloseableIterator;
import io.minio.ListenBucketNotificationArgs;
import io.minio.MinioClient;
import io.minio.Result;
import io.minio.errors.MinioException;
import io.minio.messages.NotificationRecords;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * Listens to one bucket of a MinIO: the server needs no set-up for it and must not reach us. What
 * happens while nobody listens is not told later, so listing has to find it. Keys come as they are
 * here, where MinIO's webhook escapes them.
 */
public final class BucketListener {
  /** MinIO sends a space twice a second when it has nothing to tell. */
  private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

  private static final String CREATED = "s3:ObjectCreated:*";

  private final Source source;
  private final MinioClient client;
  private final NoticeSink sink;
  private final InstantSource clock;

  /** A bucket, and how its store is reached. */
  public record Source(StoreId store, String bucket, URI endpoint, String region, Access access) {}

  /** An access key. Its text form does not show the secret. */
  public record Access(String id, String secret) {
    @Override
    public String toString() {
      return "Access[" + id + ", hidden]";
    }
  }

  /** Connects to nothing yet. */
  public BucketListener(Source source, NoticeSink sink, InstantSource clock) {
    this.source = source;
    this.sink = sink;
    this.clock = clock;
    OkHttpClient http =
        new OkHttpClient.Builder().connectTimeout(SILENCE_MAX).readTimeout(SILENCE_MAX).build();
    this.client =
        MinioClient.builder()
            .endpoint(source.endpoint().toString())
            .region(source.region())
            .credentials(source.access().id(), source.access().secret())
            .httpClient(http, true)
            .build();
  }

  /**
   * Listens on one connection as long as it lasts; ends by an exception always.
   *
   * @throws IOException when the connection cannot be made or has ended: listen again
   */
  public void listen() throws IOException {
    ListenBucketNotificationArgs bucket =
        ListenBucketNotificationArgs.builder()
            .bucket(source.bucket())
            .prefix("")
            .suffix("")
            .events(new String[] {CREATED})
            .build();
    try (CloseableIterator<Result<NotificationRecords>> told =
        client.listenBucketNotification(bucket)) {
      while (told.hasNext()) {
        take(told.next().get());
      }
    } catch (MinioException | IllegalStateException e) {
      // The client throws the latter for what it cannot name, a refused connection among them.
      throw new IOException("cannot listen to " + source.bucket() + ": " + e.getMessage(), e);
    }
    throw new IOException(source.store() + " has ended the connection for " + source.bucket());
  }

  private void take(NotificationRecords records) {
    List<Notice> notices = new ArrayList<>();
    for (NotificationRecords.Event event : records.events()) {
      String bucket = event.bucket() == null ? "" : String.valueOf(event.bucket().name());
      String key = event.object() == null ? "" : String.valueOf(event.object().key());
      try {
        notices.add(
            new Notice(
                "listen/" + source.store(),
                new ObjectName(source.store(), bucket, key),
                version(event.object() == null ? null : event.object().versionId()),
                clock.instant()));
      } catch (IllegalArgumentException e) {
        System.getLogger(BucketListener.class.getName())
            .log(System.Logger.Level.WARNING, "MinIO told of no object: {0}", e.getMessage());
      }
    }
    if (!notices.isEmpty()) {
      sink.accept(notices);
    }
  }

  private static @Nullable VersionTag version(@Nullable String id) {
    return id == null || id.isEmpty() || id.equals("null") ? null : new VersionTag.VersionId(id);
  }
}
