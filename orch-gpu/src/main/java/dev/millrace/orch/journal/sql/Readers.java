package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.JournalException;
import java.sql.SQLException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Reads on the caller's thread, a few at once, each on a connection that it borrows. The SQLite
 * driver pins a virtual thread to its carrier for as long as a statement runs, which is less than
 * handing the read to another thread and its answer back would take; fewer read at once than there
 * are carriers, so that the process goes on meanwhile, however long a listing takes.
 */
final class Readers implements AutoCloseable {
  private static final int MOST = 4;

  /** Reads something. */
  @FunctionalInterface
  interface Read<T> {
    T from(Session session) throws SQLException;
  }

  private final Dialect dialect;
  private final Queue<Session> idle = new ConcurrentLinkedQueue<>();
  private final int atOnce;
  private final Semaphore places;
  private volatile boolean closed;

  /**
   * @param processors that carry virtual threads
   */
  Readers(Dialect dialect, int processors) {
    this.dialect = dialect;
    this.atOnce = dialect.pins() ? Math.clamp(processors - 1, 1, MOST) : MOST;
    this.places = new Semaphore(atOnce);
  }

  <T> T read(Read<T> read) {
    try {
      places.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new JournalException("interrupted while reading the journal", e);
    }
    try {
      if (closed) {
        throw new SQLException("it is closed");
      }
      return withSession(read);
    } catch (SQLException | RuntimeException e) {
      throw new JournalException(
          "cannot read the journal " + dialect.place() + ": " + e.getMessage(), e);
    } finally {
      places.release();
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

  /** Lets reads that are under way come to their end. */
  @Override
  public void close() {
    closed = true;
    places.acquireUninterruptibly(atOnce);
    try {
      for (Session session = idle.poll(); session != null; session = idle.poll()) {
        close(session);
      }
    } finally {
      places.release(atOnce);
    }
  }

  private static void close(Session session) {
    try {
      session.close();
    } catch (SQLException e) {
      // Nothing was read through it that anyone still waits for.
    }
  }
}
