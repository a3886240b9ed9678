package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.JournalException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/** Everything in which the two databases differ. */
sealed interface Dialect extends AutoCloseable {
  /** How messages call the database. */
  String place();

  /** Whether a statement pins a virtual thread to its carrier for as long as it runs. */
  boolean pins();

  /** Whether several coordinators may have the journal at the same time. */
  boolean shared();

  /** A connection that writes, with transactions from {@link #begin} to {@link #commit}. */
  Connection openWriter() throws SQLException;

  /** A connection that only reads, each statement for itself. */
  Connection openReader() throws SQLException;

  /** Begins a transaction in which this is the only writer of the journal. */
  void begin(Session writer) throws SQLException;

  /** Makes it durable. */
  void commit(Session writer) throws SQLException;

  /** Undoes all since {@link #begin}. */
  void rollback(Session writer) throws SQLException;

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What makes a text column compare by bytes. */
  String binary();

  /** What keeps a table of short rows in the order of its primary key, without a second tree. */
  String keyed();

  /** What makes a query take this index, where the database has no statistics to see it by. */
  String by(String index);

  /** Text as this database can keep it. */
  String kept(String text);

  /** The text that {@link #kept} was given. */
  String given(String kept);

  /** Whether the connection is gone, so that another one may do. */
  boolean lost(SQLException failure);

  @Override
  void close();

  /** One file, for one process at a time; a lock file beside it sees to that. */
  final class Sqlite implements Dialect {
    /** "Mlrc" in the file's header: another program's database is not touched. */
    private static final int APPLICATION = 0x4d6c7263;

    private final Path file;
    private final FileChannel lock;

    Sqlite(Path file) {
      this.file = file.toAbsolutePath();
      this.lock = lock(this.file);
    }

    private static FileChannel lock(Path file) {
      Path beside = file.resolveSibling(file.getFileName() + ".lock");
      try {
        FileChannel channel =
            FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
          if (channel.tryLock() != null) {
            return channel;
          }
          channel.close();
        } catch (OverlappingFileLockException e) {
          channel.close();
        }
      } catch (IOException e) {
        throw new JournalException(
            "cannot write in " + file.getParent() + ", where the journal should be: " + e, e);
      }
      throw new JournalException(
          "the journal " + file + " is in use by another coordinator",
          new IOException("locked: " + beside));
    }

    @Override
    public String place() {
      return file.toString();
    }

    @Override
    public boolean pins() {
      return true;
    }

    @Override
    public boolean shared() {
      return false;
    }

    @Override
    public Connection openWriter() throws SQLException {
      boolean fresh = !Files.exists(file);
      Connection connection = open();
      try {
        owned(connection, fresh);
        execute(connection, "PRAGMA journal_size_limit = 67108864");
        execute(connection, "PRAGMA wal_autocheckpoint = 4000");
        // What a savepoint would put back is kept in memory, not in a file of its own.
        execute(connection, "PRAGMA temp_store = MEMORY");
        execute(connection, "PRAGMA cache_size = -32768");
        // The driver looks behind each change whether it has to end a transaction by itself. It
        // begins one at once when it is told not to; those that count say BEGIN and COMMIT.
        connection.setAutoCommit(false);
        execute(connection, "COMMIT");
        return connection;
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
    }

    private Connection open() throws SQLException {
      SQLiteConfig config = new SQLiteConfig();
      config.setBusyTimeout(5_000);
      config.enforceForeignKeys(true);
      // Nobody asks for them, and the driver would look for them after each change.
      config.setGetGeneratedKeys(false);
      Connection connection = config.createConnection("jdbc:sqlite:" + file.toUri());
      try {
        execute(connection, "PRAGMA mmap_size = 0");
        execute(connection, "PRAGMA journal_mode = WAL");
        execute(connection, "PRAGMA synchronous = FULL");
        return connection;
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    }

    private void owned(Connection connection, boolean fresh) throws SQLException {
      int found = number(connection, "PRAGMA application_id");
      if (found == APPLICATION) {
        return;
      }
      if (found != 0 || !fresh && number(connection, "SELECT count(*) FROM sqlite_master") > 0) {
        throw new SQLException("it is a database of another program");
      }
      execute(connection, "PRAGMA application_id = " + APPLICATION);
    }

    @Override
    public Connection openReader() throws SQLException {
      Connection connection = open();
      execute(connection, "PRAGMA query_only = 1");
      return connection;
    }

    private static int number(Connection connection, String sql) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery(sql)) {
        return rows.next() ? rows.getInt(1) : 0;
      }
    }

    @Override
    public void begin(Session writer) throws SQLException {
      writer.again("BEGIN IMMEDIATE");
    }

    /** Not the driver's commit, which begins the next transaction at once and so keeps the lock. */
    @Override
    public void commit(Session writer) throws SQLException {
      writer.again("COMMIT");
    }

    @Override
    public void rollback(Session writer) throws SQLException {
      writer.again("ROLLBACK");
    }

    @Override
    public String binary() {
      return "";
    }

    @Override
    public String keyed() {
      return "WITHOUT ROWID";
    }

    @Override
    public String by(String index) {
      return " INDEXED BY " + index;
    }

    @Override
    public String kept(String text) {
      return text;
    }

    @Override
    public String given(String kept) {
      return kept;
    }

    @Override
    public boolean lost(SQLException failure) {
      return false;
    }

    @Override
    public void close() {
      try {
        lock.close();
      } catch (IOException e) {
        throw new JournalException("cannot give up the lock of " + file, e);
      }
    }
  }

  /**
   * A server that several coordinators share.
   *
   * @param password asked for at each connection, null for none
   */
  record Postgres(String url, String user, Supplier<@Nullable String> password) implements Dialect {
    /** Held from the first statement of a batch to its commit: one writer in the whole fleet. */
    private static final long WRITER_LOCK = 0x4d6c7263_6a726e6cL;

    private static final char ESCAPE = '\u001b';
    private static final Set<String> ENDED_BY_SERVER =
        Set.of("57P01", "57P02", "57P03", "25P03", "25P04");

    @Override
    public String place() {
      return url.replaceAll("\\?.*", "");
    }

    @Override
    public boolean pins() {
      return false;
    }

    @Override
    public boolean shared() {
      return true;
    }

    @Override
    public Connection openWriter() throws SQLException {
      Connection connection = open();
      execute(connection, "SET synchronous_commit = on");
      execute(connection, "SET idle_in_transaction_session_timeout = '30s'");
      execute(connection, "SET lock_timeout = '30s'");
      connection.setAutoCommit(false);
      return connection;
    }

    @Override
    public Connection openReader() throws SQLException {
      Connection connection = open();
      connection.setReadOnly(true);
      return connection;
    }

    private Connection open() throws SQLException {
      Properties properties = new Properties();
      properties.setProperty("user", user);
      String secret = password.get();
      if (secret != null) {
        properties.setProperty("password", secret);
      }
      properties.setProperty("ApplicationName", "millrace");
      properties.setProperty("connectTimeout", "10");
      properties.setProperty("socketTimeout", "60");
      properties.setProperty("tcpKeepAlive", "true");
      return DriverManager.getConnection(url, properties);
    }

    @Override
    public void begin(Session writer) throws SQLException {
      writer.execute("SELECT pg_advisory_xact_lock(" + WRITER_LOCK + ")");
    }

    @Override
    public void commit(Session writer) throws SQLException {
      writer.connection().commit();
    }

    @Override
    public void rollback(Session writer) throws SQLException {
      writer.connection().rollback();
    }

    @Override
    public String binary() {
      return "COLLATE \"C\"";
    }

    @Override
    public String keyed() {
      return "";
    }

    @Override
    public String by(String index) {
      return "";
    }

    /** PostgreSQL has no NUL in text, an object's key may: it is written as two characters. */
    @Override
    public String kept(String text) {
      if (text.indexOf('\0') < 0 && text.indexOf(ESCAPE) < 0) {
        return text;
      }
      return text.replace(ESCAPE + "", ESCAPE + "1").replace("\0", ESCAPE + "0");
    }

    @Override
    public String given(String kept) {
      if (kept.indexOf(ESCAPE) < 0) {
        return kept;
      }
      return kept.replace(ESCAPE + "0", "\0").replace(ESCAPE + "1", ESCAPE + "");
    }

    @Override
    public boolean lost(SQLException failure) {
      String state = failure.getSQLState();
      return state != null && (state.startsWith("08") || ENDED_BY_SERVER.contains(state));
    }

    @Override
    public void close() {}
  }
}
