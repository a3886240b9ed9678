package dev.millrace.triggers.webhook;

import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeDoor;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.triggers.notice.KeyEncoding;
import dev.millrace.triggers.notice.NoticeReading;
import dev.millrace.triggers.notice.S3NoticeReader;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The desk of one store: checks the sender, reads messages, answers when they are durable. */
public final class Webhook implements NoticeDoor.Desk {
  private static final Logger LOG = System.getLogger(Webhook.class.getName());

  private final StoreId store;
  private final WebhookSecret secret;
  private final Predicate<ObjectName> wanted;
  private final NoticeSink sink;
  private final InstantSource clock;
  private final S3NoticeReader reader;
  private final LongAdder messages = new LongAdder();
  private final LongAdder kept = new LongAdder();
  private final LongAdder nobodys = new LongAdder();
  private final LongAdder passed = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private final LongAdder strangers = new LongAdder();
  private final LongAdder notKept = new LongAdder();
  private volatile @Nullable Instant lastAt;

  /**
   * Where notices go, and which are worth it.
   *
   * @param wanted whether some function reads the object; what nobody reads is not kept, and its
   *     sender not told to try again
   */
  public record Funnel(Predicate<ObjectName> wanted, NoticeSink sink) {}

  public Webhook(StoreId store, WebhookSecret secret, Funnel funnel, InstantSource clock) {
    this.store = store;
    this.secret = secret;
    this.wanted = funnel.wanted();
    this.sink = funnel.sink();
    this.clock = clock;
    this.reader = new S3NoticeReader("webhook/" + store, store, KeyEncoding.FORM_URL, clock);
  }

  /** The store whose notices come here. */
  public StoreId store() {
    return store;
  }

  /** Whether the sender knows the secret. */
  NoticeDoor.Entry enter(String presented) {
    if (secret.matches(presented)) {
      return new NoticeDoor.Admitted(this);
    }
    strangers.increment();
    return new NoticeDoor.WrongSecret();
  }

  @Override
  public NoticeDoor.Taking take(byte[] message) {
    lastAt = clock.instant();
    if (message.length == 0) {
      // MinIO asks in this way whether somebody is there.
      messages.increment();
      return new NoticeDoor.Taken(0, 0, 0);
    }
    return switch (reader.read(message)) {
      case NoticeReading.Read(var notices, var ignored) -> take(notices, ignored.size());
      case NoticeReading.TestEvent t -> {
        messages.increment();
        yield new NoticeDoor.Taken(0, 0, 0);
      }
      case NoticeReading.Confirmation(String url) -> {
        messages.increment();
        LOG.log(Logger.Level.WARNING, "{0}: SNS waits until somebody opens {1}", store, url);
        yield new NoticeDoor.Taken(0, 0, 0);
      }
      case NoticeReading.Malformed(String reason) -> {
        malformed.increment();
        yield new NoticeDoor.Malformed(reason);
      }
    };
  }

  private NoticeDoor.Taking take(List<Notice> notices, int ignored) {
    List<Notice> ours = notices.stream().filter(notice -> wanted.test(notice.object())).toList();
    if (!ours.isEmpty()) {
      try {
        sink.accept(ours);
      } catch (UncheckedIOException e) {
        notKept.increment();
        return new NoticeDoor.NotKept(String.valueOf(e.getMessage()));
      }
    }
    int others = notices.size() - ours.size();
    messages.increment();
    kept.add(ours.size());
    nobodys.add(others);
    passed.add(ignored);
    return new NoticeDoor.Taken(ours.size(), others, ignored);
  }

  /** What came so far. */
  public WebhookCounts counts() {
    return new WebhookCounts(
        messages.sum(),
        kept.sum(),
        nobodys.sum(),
        passed.sum(),
        malformed.sum(),
        strangers.sum(),
        notKept.sum(),
        lastAt);
  }
}
