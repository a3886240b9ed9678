package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.JournalException;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * A few platform threads that read, each on a connection that it borrows: the SQLite driver would
 * pin a virtual thread to its carrier.
 */
final class Readers implements AutoCloseable {
  private static final int COUNT = 4;

  /** Reads something. */
  @FunctionalInterface
  interface Read<T> {
    T from(Session session) throws SQLException;
  }

  private final Dialect dialect;
  private final Queue<Session> idle = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          COUNT, Thread.ofPlatform().name("journal-reader-", 1).daemon(true).factory());

  Readers(Dialect dialect) {
    this.dialect = dialect;
  }

  <T> T read(Read<T> read) {
    try {
      Future<T> answer = threads.submit(() -> withSession(read));
      return answer.get();
    } catch (RejectedExecutionException e) {
      throw new JournalException("the journal " + dialect.place() + " is closed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JournalException("interrupted while reading the journal", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new JournalException(
          "cannot read the journal " + dialect.place() + ": " + cause.getMessage(), cause);
    }
  }

  private <T> T withSession(Read<T> read) throws SQLException {
    Session kept = idle.poll();
    if (kept == null) {
      return readAndKeep(open(), read);
    }
    try {
      return readAndKeep(kept, read);
    } catch (SQLException e) {
      if (!dialect.lost(e)) {
        throw e;
      }
      return readAndKeep(open(), read);
    }
  }

  private Session open() throws SQLException {
    return new Session(dialect.openReader(), dialect);
  }

  private <T> T readAndKeep(Session session, Read<T> read) throws SQLException {
    @Nullable Session spoilt = session;
    try {
      T answer = read.from(session);
      spoilt = null;
      return answer;
    } finally {
      if (spoilt == null) {
        idle.add(session);
      } else {
        spoilt.close();
      }
    }
  }

  @Override
  public void close() {
    threads.close();
    for (Session session = idle.poll(); session != null; session = idle.poll()) {
      try {
        session.close();
      } catch (SQLException e) {
        // Nothing was read through it that anyone still waits for.
      }
    }
  }
}
