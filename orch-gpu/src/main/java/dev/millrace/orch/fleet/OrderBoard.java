package dev.millrace.orch.fleet;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.run.Mail;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.StagedOrders;
import dev.millrace.schema.run.StagedOrders.Staged;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Orders that wait for providers who ask for them over the network. A poll that names where the
 * last one ended gets what came since; any other one gets all that is unclaimed, by the journal: so
 * nothing here needs to last, and an answer that was lost is made good by the next such poll. Safe
 * for many threads.
 */
public final class OrderBoard implements AutoCloseable {
  private static final int ORDER_MAX = 4 << 20;

  private final Journal journal;
  private final Orders orders;
  private final Stores stores;
  private final Places places;
  private final InstantSource clock;
  private final String epoch;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition posted = lock.newCondition();
  private final Map<AttemptId, Posted> board = new LinkedHashMap<>();
  private long sequence;
  private boolean closed;

  /** What the board reads. */
  public record Parts(Journal journal, Orders orders, Stores stores, Places places) {}

  private record Posted(long sequence, ProviderId provider, Staged staged, Instant expiresAt) {}

  /**
   * An empty board.
   *
   * @param epoch of this board alone, so that cursors of an earlier one are known as such
   */
  public OrderBoard(Parts parts, String epoch, InstantSource clock) {
    this.journal = parts.journal();
    this.orders = parts.orders();
    this.stores = parts.stores();
    this.places = parts.places();
    this.epoch = epoch;
    this.clock = clock;
  }

  /**
   * Word that an order may be there: an order of ours at its own key is known by the journal, what
   * lies anywhere else in the bucket is read, and believed when it is signed.
   */
  public void tell(OrderNotice notice) throws IOException {
    Optional<AttemptId> attempt = Places.attemptOf(notice.key());
    if (attempt.isPresent()) {
      journal
          .attemptOfAny(attempt.get())
          .filter(OrderBoard::waits)
          .ifPresent(a -> post(notice, a.order(), Orders.of(a)));
      return;
    }
    Optional<SignedBytes> found = read(notice);
    if (found.isPresent() && orders.check(found.get()) instanceof Orders.Seen.Ours(Order order)) {
      post(notice, found.get(), order);
    }
  }

  private Optional<SignedBytes> read(OrderNotice notice) throws IOException {
    if (notice.key().startsWith(".millrace/") || Mail.is(notice.key())) {
      return Optional.empty();
    }
    Optional<ObjectBody> body = stores.get(places.store()).read(notice.bucket(), notice.key());
    if (body.isEmpty()) {
      return Optional.empty();
    }
    try (ObjectBody open = body.get()) {
      byte[] bytes = open.stream().readNBytes(ORDER_MAX);
      return Optional.of(SignedBytes.parse(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean waits(Attempt attempt) {
    return attempt.state() == AttemptState.PLACED || attempt.state() == AttemptState.STAGED;
  }

  private void post(OrderNotice notice, SignedBytes signed, Order order) {
    Instant now = clock.instant();
    lock.lock();
    try {
      board.values().removeIf(p -> now.isAfter(p.expiresAt()));
      if (!now.isAfter(order.expiresAt()) && !board.containsKey(order.attempt())) {
        Staged staged = new Staged(notice, signed);
        board.put(
            order.attempt(), new Posted(++sequence, order.provider(), staged, order.expiresAt()));
        posted.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Orders for a provider.
   *
   * @param after cursor of the page before; anything else asks for all that is unclaimed
   * @param wait how long to wait for the first one
   */
  public StagedOrders await(ProviderId provider, String after, Duration wait)
      throws InterruptedException {
    Optional<Long> from = position(after);
    if (from.isEmpty()) {
      return unclaimed(provider);
    }
    long left = wait.toNanos();
    long seen = from.get();
    while (true) {
      List<Staged> fresh = new ArrayList<>();
      lock.lockInterruptibly();
      try {
        List<Posted> found = after(provider, seen);
        while (found.isEmpty() && left > 0 && !closed) {
          left = posted.awaitNanos(left);
          found = after(provider, seen);
        }
        found.forEach(p -> fresh.add(p.staged()));
        seen = sequence;
      } finally {
        lock.unlock();
      }
      List<Staged> waiting = fresh.stream().filter(this::waits).toList();
      if (!waiting.isEmpty() || left <= 0 || closed) {
        return new StagedOrders(cursor(seen), waiting);
      }
    }
  }

  private List<Posted> after(ProviderId provider, long seen) {
    return board.values().stream()
        .filter(p -> p.sequence() > seen && p.provider().equals(provider))
        .toList();
  }

  private boolean waits(Staged staged) {
    return orders.check(staged.order()) instanceof Orders.Seen.Ours(Order order)
        && journal.attemptOfAny(order.attempt()).filter(OrderBoard::waits).isPresent();
  }

  /** All that is staged for it, whether it was told of before or not. */
  private StagedOrders unclaimed(ProviderId provider) {
    long now;
    Map<AttemptId, Staged> all = new LinkedHashMap<>();
    lock.lock();
    try {
      now = sequence;
      board.forEach((attempt, p) -> {
        if (p.provider().equals(provider)) {
          all.put(attempt, p.staged());
        }
      });
    } finally {
      lock.unlock();
    }
    for (Job job : journal.inStates(EnumSet.of(JobState.STAGED), Integer.MAX_VALUE)) {
      List<Attempt> attempts = journal.attempts(job.function().tenant(), job.id());
      Attempt last = attempts.getLast();
      if (last.provider().equals(provider)) {
        ObjectName name = places.order(last.provider(), last.id());
        all.putIfAbsent(
            last.id(), new Staged(new OrderNotice(name.bucket(), name.key()), last.order()));
      }
    }
    return new StagedOrders(cursor(now), all.values().stream().filter(this::waits).toList());
  }

  private String cursor(long position) {
    return epoch + "-" + position;
  }

  private Optional<Long> position(String cursor) {
    String text = cursor.startsWith(epoch + "-") ? cursor.substring(epoch.length() + 1) : "";
    return text.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  /** Lets go of all who wait. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      posted.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
