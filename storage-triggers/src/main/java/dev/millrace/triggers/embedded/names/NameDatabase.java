package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The SQLite file. All writes run on one platform thread, which commits what has queued up
 * meanwhile in one transaction with one sync; {@link #write} returns when that is on disk. Reads
 * run on the caller's thread, each on a connection that it borrows. The driver pins a virtual
 * thread to its carrier meanwhile, which is less than handing the read to another thread and its
 * answer back would take; fewer read at once than there are carriers, so that the process goes on.
 */
public final class NameDatabase implements AutoCloseable {
  private static final int READERS_MAX = 3;
  private static final int GROUP_MAX = 256;
  private static final int QUEUE_MAX = 4096;

  /** The log shrinks to that when it has grown beyond, as behind a backup. */
  private static final int LOG_KEPT_BYTES = 64 << 20;

  private final Connection writer;
  private final Statements writerStatements;
  private final Thread writerThread;
  private final BlockingQueue<Pending<?>> queue = new ArrayBlockingQueue<>(QUEUE_MAX);
  private final int readersAtOnce =
      Math.clamp(Runtime.getRuntime().availableProcessors() - 1, 1, READERS_MAX);
  private final Semaphore reading = new Semaphore(readersAtOnce);
  private final Queue<Statements> idleReaders = new ConcurrentLinkedQueue<>();
  private final List<Connection> readers = new ArrayList<>();
  private final CommitSignal commits;
  private final Quota quota;
  private volatile Work<Boolean> rider = statements -> false;
  private final FreePages freePages;
  private volatile boolean closing;

  /** Something done with the database. */
  @FunctionalInterface
  interface Work<T> {
    T run(Statements statements) throws SQLException;
  }

  private record Pending<T>(Work<T> work, CompletableFuture<T> result) {
    /** Runs the work and gives back what tells the waiting caller about it. */
    Runnable run(Statements statements) throws SQLException {
      T value = work.run(statements);
      return () -> result.complete(value);
    }
  }

  private NameDatabase(Path file, CommitSignal commits, Quota quota) throws SQLException {
    this.commits = commits;
    this.quota = quota;
    prepare(file);
    writer = connect(file);
    try (Statement statement = writer.createStatement()) {
      // What a savepoint would put back is kept in memory, not in a file of its own.
      statement.execute("PRAGMA temp_store = MEMORY");
    }
    Schema.create(writer);
    leaveTransactionsToUs(writer);
    writerStatements = new Statements(writer);
    freePages = new FreePages(writer, writerStatements, () -> queue.isEmpty() && !closing);
    for (int i = 0; i < readersAtOnce; i++) {
      Connection reader = connect(file);
      leaveTransactionsToUs(reader);
      readers.add(reader);
      idleReaders.add(new Statements(reader));
    }
    writerThread = Thread.ofPlatform().daemon().name("store-writer").unstarted(this::writeLoop);
  }

  /**
   * Opens the file, and makes it where it is not there yet.
   *
   * @param commits told by the writer of each commit
   */
  public static NameDatabase open(Path file, CommitSignal commits) throws IOException {
    return open(file, commits, Quota.NONE);
  }

  /** The same with a bound on what it names. */
  public static NameDatabase open(Path file, CommitSignal commits, Quota quota) throws IOException {
    try {
      NameDatabase database = new NameDatabase(file, commits, quota);
      database.writerThread.start();
      return database;
    } catch (SQLException e) {
      throw new IOException("Cannot open the store's names in " + file, e);
    }
  }

  /** The bound on what is named. */
  Quota quota() {
    return quota;
  }

  /** From now on each commit carries this along: what need not be durable by itself. */
  void carry(Work<Boolean> along) {
    rider = along;
  }

  /** Runs work in a transaction of the writer; returns when it is durable. */
  <T> T write(Work<T> work) throws IOException {
    Pending<T> pending = new Pending<>(work, new CompletableFuture<>());
    try {
      queue.put(pending);
      if (closing) {
        throw new IOException("The store is closing");
      }
      return await(pending.result());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while waiting for a commit");
    }
  }

  /** Runs work that only reads, on the last committed state: all of it sees the same. */
  <T> T read(Work<T> work) throws IOException {
    return readOnce(statements -> {
      statements.update("BEGIN");
      try {
        return work.run(statements);
      } finally {
        end(statements);
      }
    });
  }

  /** The same for work of one statement, which sees one state without a transaction too. */
  <T> T readOnce(Work<T> work) throws IOException {
    try {
      reading.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while reading names");
    }
    try {
      return onIdleReader(work);
    } catch (SQLException | RuntimeException e) {
      throw failed(e);
    } finally {
      reading.release();
    }
  }

  private <T> T onIdleReader(Work<T> work) throws SQLException {
    Statements statements = idleReaders.poll();
    if (statements == null) {
      throw new SQLException("the store is closing");
    }
    try {
      return work.run(statements);
    } finally {
      idleReaders.add(statements);
    }
  }

  private static void end(Statements statements) {
    try {
      statements.update("ROLLBACK");
    } catch (SQLException e) {
      // After some failures SQLite has ended it by itself; otherwise the next BEGIN says so.
      System.getLogger(NameDatabase.class.getName())
          .log(System.Logger.Level.DEBUG, "There was no look to end", e);
    }
  }

  private static <T> T await(Future<T> future) throws IOException, InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw failed(e.getCause());
    }
  }

  private static IOException failed(@Nullable Throwable cause) {
    if (cause instanceof Refusal refusal) {
      throw refusal;
    }
    if (isFull(cause)) {
      throw new Refusal(ErrorCode.INSUFFICIENT_STORAGE, "The disk of the store is full.");
    }
    return new IOException("The store's names could not be read or written", cause);
  }

  private static boolean isFull(@Nullable Throwable cause) {
    return cause instanceof SQLiteException e && e.getResultCode() == SQLiteErrorCode.SQLITE_FULL;
  }

  private void writeLoop() {
    List<Pending<?>> group = new ArrayList<>(GROUP_MAX);
    while (!closing || !queue.isEmpty()) {
      try {
        Pending<?> next = freePages.areOwed() ? queue.poll(1, TimeUnit.SECONDS) : queue.take();
        if (next == null) {
          freePages.giveBack();
        } else {
          group.add(next);
          queue.drainTo(group, GROUP_MAX - 1);
          commit(group);
        }
      } catch (InterruptedException e) {
        // Only close() interrupts; the loop's condition lets what is queued finish first.
        continue;
      } finally {
        group.clear();
      }
    }
  }

  private void commit(List<Pending<?>> group) {
    List<Runnable> answers = new ArrayList<>(group.size());
    try {
      writerStatements.update("BEGIN IMMEDIATE");
      for (Pending<?> pending : group) {
        if (answers.isEmpty()) {
          runFirst(pending, answers);
        } else {
          runInSavepoint(pending, answers);
        }
      }
      rider.run(writerStatements);
      writerStatements.update("COMMIT");
    } catch (SQLException | RuntimeException e) {
      rollBack();
      group.forEach(pending -> pending.result().completeExceptionally(e));
      return;
    }
    answers.forEach(Runnable::run);
    commits.signal();
    if (queue.isEmpty()) {
      freePages.giveBack();
    }
  }

  /** How much can be written before the file has to grow. */
  long freeBytes() throws IOException {
    return read(statements ->
        statements.first(row -> row.getLong(1), "PRAGMA freelist_count").orElse(0L)
            * statements.first(row -> row.getLong(1), "PRAGMA page_size").orElse(0L));
  }

  /** With nothing before it, all that there is to undo is its own. */
  private void runFirst(Pending<?> pending, List<Runnable> answers) throws SQLException {
    try {
      answers.add(pending.run(writerStatements));
    } catch (SQLException | RuntimeException e) {
      if (isFull(e)) {
        throw e;
      }
      writerStatements.update("ROLLBACK");
      pending.result().completeExceptionally(e);
      writerStatements.update("BEGIN IMMEDIATE");
    }
  }

  /** One caller's failure must not undo the work of the others in the group. */
  private void runInSavepoint(Pending<?> pending, List<Runnable> answers) throws SQLException {
    writerStatements.update("SAVEPOINT one");
    try {
      answers.add(pending.run(writerStatements));
    } catch (SQLException | RuntimeException e) {
      if (isFull(e)) {
        throw e;
      }
      writerStatements.update("ROLLBACK TO one");
      pending.result().completeExceptionally(e);
    }
    writerStatements.update("RELEASE one");
  }

  /** By a fresh statement: a prepared one may be what failed. */
  private void rollBack() {
    try (Statement statement = writer.createStatement()) {
      statement.execute("ROLLBACK");
    } catch (SQLException e) {
      // On a full disk SQLite has rolled back by itself; otherwise the next BEGIN says so.
      System.getLogger(NameDatabase.class.getName())
          .log(System.Logger.Level.DEBUG, "There was nothing to roll back", e);
    }
  }

  /**
   * Lets pages that removed bytes leave be given back: that can be chosen for a new file alone, and
   * before all else.
   */
  private static void prepare(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(10_000);
    try (Connection connection = config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA auto_vacuum = INCREMENTAL");
    }
  }

  private static Connection connect(Path file) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(10_000);
    config.setPragma(SQLiteConfig.Pragma.MMAP_SIZE, "0");
    config.setCacheSize(-16_384);
    // Nobody asks for them, and the driver would look for them after each change.
    config.setGetGeneratedKeys(false);
    config.setJournalSizeLimit(LOG_KEPT_BYTES);
    return config.createConnection("jdbc:sqlite:" + file.toAbsolutePath());
  }

  /**
   * The driver looks behind each change whether it has to end a transaction by itself. It begins
   * one at once when it is told not to; those that count say BEGIN and COMMIT.
   */
  private static void leaveTransactionsToUs(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("COMMIT");
    }
  }

  @Override
  public void close() throws IOException {
    closing = true;
    writerThread.interrupt();
    try {
      writerThread.join();
      reading.acquire(readersAtOnce);
      idleReaders.clear();
      reading.release(readersAtOnce);
      for (Connection reader : readers) {
        reader.close();
      }
      rider.run(writerStatements);
      checkpoint();
      writer.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while closing the store's names");
    } catch (SQLException e) {
      throw new IOException("The store's names were not closed cleanly", e);
    }
  }

  private void checkpoint() throws SQLException {
    try (Statement statement = writer.createStatement()) {
      statement.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }
  }
}
