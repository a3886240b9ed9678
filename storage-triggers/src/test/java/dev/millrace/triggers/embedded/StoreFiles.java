package dev.millrace.triggers.embedded;

import dev.millrace.triggers.embedded.blob.BlobPlace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What lies in the folder of a store under test, which may be running. */
public final class StoreFiles {
  private StoreFiles() {}

  /** The bytes of objects and parts: names of files, and of rows. */
  public static List<String> blobs(Path folder) {
    return Stream.concat(
            files(folder).stream().map(file -> String.valueOf(file.getFileName())),
            rows(folder).stream())
        .toList();
  }

  /** The files among them. */
  public static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.walk(folder.resolve("blobs"))) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows among them, as the names write them down. */
  public static List<String> rows(Path folder) {
    List<String> found = new ArrayList<>();
    try (Connection names = names(folder);
        Statement statement = names.createStatement();
        ResultSet rows = statement.executeQuery("SELECT number FROM small_bytes")) {
      while (rows.next()) {
        found.add(new BlobPlace.InRow(rows.getLong(1)).text());
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The database of names, beside the store. */
  public static Connection names(Path folder) throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("names.sqlite"));
  }
}
