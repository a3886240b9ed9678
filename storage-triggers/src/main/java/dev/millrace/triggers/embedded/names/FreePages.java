package dev.millrace.triggers.embedded.names;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.function.BooleanSupplier;

/**
 * Gives pages that hold nothing any more back to the disk, some at a time, while nobody waits for
 * the writer. Some stay for what comes next. The file is shorter once the whole log is carried over
 * to it, which a reader may prevent: then they are owed until that works. For the writer's thread.
 */
final class FreePages {
  /** So many free pages of 4 KiB are given back, but for some. */
  private static final int MAX = 512;

  private static final int KEPT = 256;
  private static final int A_STEP = 256;

  private final Connection writer;
  private final Statements statements;
  private final BooleanSupplier idle;
  private boolean owed;

  /**
   * Of that writer.
   *
   * @param idle whether nobody waits for it
   */
  FreePages(Connection writer, Statements statements, BooleanSupplier idle) {
    this.writer = writer;
    this.statements = statements;
    this.idle = idle;
  }

  /** Whether the disk has not got all that was given back. */
  boolean areOwed() {
    return owed;
  }

  void giveBack() {
    if (!idle.getAsBoolean()) {
      return;
    }
    try (Statement statement = writer.createStatement()) {
      long free = number("PRAGMA freelist_count");
      if (free >= MAX) {
        owed = true;
        while (free > KEPT && idle.getAsBoolean()) {
          statement.executeUpdate("PRAGMA incremental_vacuum(" + A_STEP + ")");
          long left = number("PRAGMA freelist_count");
          if (left >= free) {
            break;
          }
          free = left;
        }
      }
      owed = owed && !isCarriedOver();
    } catch (SQLException e) {
      System.getLogger(FreePages.class.getName())
          .log(System.Logger.Level.DEBUG, "Free pages stay in the store's names", e);
    }
  }

  private boolean isCarriedOver() throws SQLException {
    return statements
        .first(
            row -> row.getLong(1) == 0 && row.getLong(2) == row.getLong(3),
            "PRAGMA wal_checkpoint(PASSIVE)")
        .orElse(true);
  }

  private long number(String pragma) throws SQLException {
    return statements.first(row -> row.getLong(1), pragma).orElse(0L);
  }
}
