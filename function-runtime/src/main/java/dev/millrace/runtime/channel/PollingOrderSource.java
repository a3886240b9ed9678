package dev.millrace.runtime.channel;

import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.OrderSource;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds orders by listing a prefix of the intermediate bucket, again and again: it needs nothing of
 * anyone but the bucket. An object is told of once for each version that is seen. For one thread.
 */
public final class PollingOrderSource implements OrderSource {
  /** More than any order needs; what is larger is not read. */
  private static final int ORDER_BYTES_MAX = 4 * 1024 * 1024;

  private final ObjectStore store;
  private final String bucket;
  private final String prefix;
  private final Duration interval;
  private final CountDownLatch never = new CountDownLatch(1);
  private Set<String> seen = new HashSet<>();
  private boolean fresh = true;

  /**
   * @param prefix that this provider's orders lie under
   * @param interval between two listings
   */
  public PollingOrderSource(ObjectStore store, String bucket, String prefix, Duration interval) {
    this.store = store;
    this.bucket = bucket;
    this.prefix = prefix;
    this.interval = interval;
  }

  @Override
  public List<OrderNotice> await(Duration longest) throws IOException, InterruptedException {
    long until = System.nanoTime() + longest.toNanos();
    while (true) {
      long left = until - System.nanoTime();
      if (!fresh) {
        never.await(Math.min(left, interval.toNanos()), TimeUnit.NANOSECONDS);
      }
      fresh = false;
      List<OrderNotice> found = sweep();
      if (!found.isEmpty() || left <= interval.toNanos()) {
        return found;
      }
    }
  }

  /** A whole listing: keys sort anywhere, so no part of it can be left out. */
  private List<OrderNotice> sweep() throws IOException {
    List<OrderNotice> found = new ArrayList<>();
    Set<String> there = new HashSet<>();
    @Nullable String token = "";
    while (token != null) {
      ListPage page = store.list(bucket, prefix, token, 1000);
      for (ListedObject object : page.objects()) {
        String version = object.alias() + " " + object.key();
        there.add(version);
        if (!seen.contains(version)) {
          found.add(new OrderNotice(bucket, object.key()));
        }
      }
      token = page.next();
    }
    // What is gone need not be remembered.
    seen = there;
    return found;
  }

  @Override
  public Optional<SignedBytes> read(OrderNotice notice) throws IOException {
    if (!notice.bucket().equals(bucket)) {
      return Optional.empty();
    }
    Optional<ObjectBody> found = store.read(bucket, notice.key());
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (ObjectBody body = found.get()) {
      byte[] bytes = body.stream().readNBytes(ORDER_BYTES_MAX + 1);
      return bytes.length > ORDER_BYTES_MAX
          ? Optional.empty()
          : parse(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private static Optional<SignedBytes> parse(String line) {
    try {
      return Optional.of(SignedBytes.parse(line));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
