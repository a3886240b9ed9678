import dev.millrace.schema.sign.Hex;
import dev.millrace.triggers.embedded.blob.FreshBytes;
import dev.millrace.triggers.embedded.names.Buckets;
import dev.millrace.triggers.embedded.names.CommitSignal;
import dev.millrace.triggers.embedded.names.EventName;
import dev.millrace.triggers.embedded.names.EventOutbox;
import dev.millrace.triggers.embedded.names.NameDatabase;
import dev.millrace.triggers.embedded.names.NewContent;
import dev.millrace.triggers.embedded.names.ObjectHeaders;
import dev.millrace.triggers.embedded.names.Objects;
import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.names.WriteCondition;
import dev.millrace.triggers.embedded.names.WriteOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Optional;

/** One bucket of the embedded store's own database, for small texts and any number of threads. */
final class Shelf implements AutoCloseable {
  private final NameDatabase database;
  private final EventOutbox outbox;
  private final Objects objects;
  private final String bucket;
  private volatile Instant now = Instant.EPOCH;

  private Shelf(NameDatabase database, CommitSignal commits, String bucket) {
    this.database = database;
    this.bucket = bucket;
    this.outbox = new EventOutbox(database, commits);
    this.objects = new Objects(database, () -> now);
  }

  static Shelf open(Path data, String bucket) throws IOException {
    CommitSignal commits = new CommitSignal();
    NameDatabase database = NameDatabase.open(data.resolve("store/names.sqlite"), commits);
    Shelf shelf = new Shelf(database, commits, bucket);
    new Buckets(database, () -> shelf.now).create(bucket);
    return shelf;
  }

  /** What is put from here on is of that time. */
  void at(Instant time) {
    now = time;
  }

  StoredObject put(String key, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    NewContent content =
        new NewContent(
            new FreshBytes.InMemory(bytes), bytes.length, md5(bytes), Optional.empty());
    Objects.Target target =
        new Objects.Target(
            bucket, key, ObjectHeaders.NONE, "", new WriteCondition.Anything());
    try {
      if (objects.put(target, content, EventName.CREATED_PUT)
          instanceof WriteOutcome.Written written) {
        return written.object();
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot put " + key, e);
    }
    throw new IllegalStateException("the store refuses " + key);
  }

  /** The events were seen to: no coordinator takes what is here for news. */
  void forgetEvents() throws IOException {
    outbox.acknowledge(Long.MAX_VALUE);
  }

  private static String md5(byte[] bytes) {
    try {
      return Hex.of(MessageDigest.getInstance("MD5").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  @Override
  public void close() throws IOException {
    database.close();
  }
}
