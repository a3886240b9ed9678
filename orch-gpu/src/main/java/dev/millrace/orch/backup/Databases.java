package dev.millrace.orch.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The databases of a data folder, while other processes use them. */
public interface Databases {
  /**
   * Waits for the writers of a database and keeps new ones waiting, for as long as it is held.
   *
   * @throws IOException when it is no database, or its writers did not make room in time
   */
  Held hold(Path file) throws IOException;

  /** A database that nobody writes. Whoever has it is to let it go within a second or two. */
  interface Held extends AutoCloseable {
    /** Its content as it is now, and stays for this reader when writers go on. */
    Snapshot snapshot() throws IOException;

    /** Lets the writers go on. */
    @Override
    void close() throws IOException;
  }

  /** The content at one moment. */
  interface Snapshot extends AutoCloseable {
    /** The first column of what a query gives. */
    List<String> texts(String query) throws IOException;

    /** Writes it into a new file. */
    void copyTo(Path file) throws IOException;

    @Override
    void close() throws IOException;
  }
}
