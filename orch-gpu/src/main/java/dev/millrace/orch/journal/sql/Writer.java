package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.JournalException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that writes. It takes what has queued up, runs each step in one transaction,
 * behind the first one inside a savepoint, commits once, and only then answers the callers. A step
 * that fails undoes itself alone; a commit that fails, fails the whole batch, and the next batch
 * starts on a new connection.
 */
final class Writer implements AutoCloseable {
  private static final int BATCH_MAX = 256;
  private static final int QUEUE_MAX = 1024;

  /** Something that is written whole or not at all; a {@link Commit.Conflict} writes nothing. */
  @FunctionalInterface
  interface Step<T> {
    T apply(Change change) throws SQLException;
  }

  /** A step that was handed over. */
  interface Answer<T> {
    /** Blocks until the step is durable, or nothing of it is there. */
    T await();

    /** The same for a while; empty when nobody knows yet. */
    Optional<T> await(Duration patience);
  }

  private static final class Request<T> {
    private final Step<T> step;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable T result;
    private @Nullable Throwable failure;

    Request(Step<T> step) {
      this.step = step;
    }

    boolean apply(Change change) throws SQLException {
      result = null;
      failure = null;
      T made = step.apply(change);
      result = made;
      return !(made instanceof Commit.Conflict);
    }

    void complete() {
      T made = result;
      if (failure != null) {
        answer.completeExceptionally(failure);
      } else if (made != null) {
        answer.complete(made);
      }
    }
  }

  private final Dialect dialect;
  private final BlockingQueue<Request<?>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final Thread thread;
  private final LongAdder batches = new LongAdder();
  private volatile boolean closing;
  private volatile boolean ended;
  private @Nullable Session session;
  private boolean committing;

  private Writer(Dialect dialect, Session first) {
    this.dialect = dialect;
    this.session = first;
    this.thread = Thread.ofPlatform().name("journal-writer").daemon(true).unstarted(this::run);
  }

  /** A writer at work, with the tables as this program knows them. */
  static Writer open(Dialect dialect) throws SQLException {
    Session session = new Session(dialect.openWriter(), dialect);
    try {
      Migrations.apply(session);
    } catch (SQLException | RuntimeException e) {
      session.close();
      throw e;
    }
    Writer writer = new Writer(dialect, session);
    writer.thread.start();
    return writer;
  }

  /** Blocks until the step is durable, or nothing of it is there. */
  <T> T write(Step<T> step) {
    return hand(step).await();
  }

  /** Blocks while too many steps wait, but not for this one to be durable. */
  <T> Answer<T> hand(Step<T> step) {
    Request<T> request = new Request<>(step);
    try {
      if (closing) {
        throw closed();
      }
      queue.put(request);
      if (ended) {
        refuseRest();
      }
      return answer(request);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static JournalException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new JournalException("interrupted; whether it was committed is unknown", cause);
  }

  private <T> Answer<T> answer(Request<T> request) {
    return new Answer<>() {
      @Override
      public T await() {
        return known(request.answer::get);
      }

      @Override
      public Optional<T> await(Duration patience) {
        try {
          return Optional.of(
              known(() -> request.answer.get(patience.toNanos(), TimeUnit.NANOSECONDS)));
        } catch (TimeoutException e) {
          return Optional.empty();
        }
      }
    };
  }

  /** Waiting that may end in more ways than with an answer. */
  @FunctionalInterface
  private interface Waiting<T, E extends Exception> {
    T run() throws InterruptedException, ExecutionException, E;
  }

  private <T, E extends Exception> T known(Waiting<T, E> waiting) throws E {
    try {
      return waiting.run();
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private RuntimeException failure(@Nullable Throwable cause) {
    return switch (cause) {
      case IllegalArgumentException bad -> new IllegalArgumentException(bad.getMessage(), bad);
      case ArithmeticException bad ->
          new IllegalArgumentException("a number or time is out of range", bad);
      case Throwable other ->
          new JournalException(
              "the journal " + dialect.place() + " failed: " + other.getMessage(), other);
      case null -> new IllegalStateException("a failure without a cause");
    };
  }

  private JournalException closed() {
    return new JournalException(
        "the journal " + dialect.place() + " is closed", new IllegalStateException("closed"));
  }

  private void run() {
    List<Request<?>> batch = new ArrayList<>(BATCH_MAX);
    while (!closing || !queue.isEmpty()) {
      try {
        batch.add(queue.take());
        queue.drainTo(batch, BATCH_MAX - 1);
        commit(batch);
      } catch (InterruptedException e) {
        // Only close() interrupts, and the loop's condition has the answer.
      } catch (RuntimeException | Error e) {
        abandon(batch, e);
      } finally {
        batch.clear();
      }
    }
    ended = true;
    refuseRest();
    dropSession();
  }

  private void commit(List<Request<?>> batch) {
    try {
      commitOnce(batch);
    } catch (SQLException e) {
      if (committing || !dialect.lost(e)) {
        abandon(batch, e);
        return;
      }
      dropSession();
      try {
        commitOnce(batch);
      } catch (SQLException again) {
        abandon(batch, again);
        return;
      }
    }
    batch.forEach(Request::complete);
  }

  private void commitOnce(List<Request<?>> batch) throws SQLException {
    committing = false;
    Session current = session;
    if (current == null) {
      current = new Session(dialect.openWriter(), dialect);
      session = current;
    }
    current.begin();
    Numbers numbers = new Numbers(current);
    StateCounts counts = new StateCounts();
    boolean clean = true;
    for (Request<?> request : batch) {
      Change change = new Change(current, numbers);
      if (!clean) {
        applyBehindOthers(request, change, counts);
      } else if (applies(request, change)) {
        counts.add(change.counts());
        clean = false;
      } else {
        // All that there is to undo is this step: what it drew goes with it.
        current.rollback();
        current.begin();
        numbers = new Numbers(current);
      }
    }
    numbers.keep();
    counts.keep(current);
    committing = true;
    current.commit();
    batches.increment();
  }

  /** How often the database was asked to commit. */
  long batches() {
    return batches.sum();
  }

  /** A step behind others of its batch, which stay whatever becomes of it. */
  private void applyBehindOthers(Request<?> request, Change change, StateCounts counts)
      throws SQLException {
    Session current = change.session();
    current.again("SAVEPOINT step");
    if (applies(request, change)) {
      counts.add(change.counts());
    } else {
      current.again("ROLLBACK TO SAVEPOINT step");
    }
    current.again("RELEASE SAVEPOINT step");
  }

  /** Whether the step is to stay. */
  private boolean applies(Request<?> request, Change change) throws SQLException {
    try {
      return request.apply(change);
    } catch (SQLException e) {
      if (dialect.lost(e)) {
        throw e;
      }
      request.failure = e;
    } catch (RuntimeException e) {
      request.failure = e;
    }
    return false;
  }

  /** Nobody knows what of the batch is there; the next one begins on a connection of its own. */
  private void abandon(List<Request<?>> batch, Throwable cause) {
    dropSession();
    batch.forEach(request -> request.answer.completeExceptionally(cause));
  }

  private void dropSession() {
    Session current = session;
    session = null;
    if (current != null) {
      try {
        current.close();
      } catch (SQLException e) {
        // It was to be thrown away; what it had not committed is undone.
      }
    }
  }

  private void refuseRest() {
    for (Request<?> rest = queue.poll(); rest != null; rest = queue.poll()) {
      rest.answer.completeExceptionally(new IllegalStateException("the journal is closed"));
    }
  }

  /** Commits what has queued up, then ends. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
