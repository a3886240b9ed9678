package dev.millrace.triggers.embedded.names;

import java.io.IOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Lists names in the order of their bytes. Keys that share a common prefix are passed over by one
 * seek, however many they are.
 */
public final class Listing {
  private final NameDatabase database;

  /** Lists the names in that database. */
  public Listing(NameDatabase database) {
    this.database = database;
  }

  /**
   * What to list.
   *
   * @param delimiter empty for none
   * @param start where to begin
   */
  public record Request(
      String bucket, String prefix, String delimiter, Start start, int maxEntries) {}

  /** Where a listing begins. */
  public sealed interface Start {
    /** At the first name. */
    record Beginning() implements Start {}

    /** After that name. */
    record AfterKey(String key) implements Start {}

    /** After all names with that prefix. */
    record AfterPrefix(String prefix) implements Start {}
  }

  /** One line of a listing. */
  public sealed interface Entry {
    /** An object. */
    record Key(String key, Instant modified, String etag, long size) implements Entry {}

    /** Names that share a prefix up to the delimiter. */
    record CommonPrefix(String prefix) implements Entry {}
  }

  /**
   * A page.
   *
   * @param next where the next page begins; empty when this is the last
   */
  public record Page(List<Entry> entries, Optional<Start> next) {
    public Page {
      entries = List.copyOf(entries);
    }
  }

  /** One page of names. */
  public Page list(Request request) throws IOException {
    return database.read(statements -> new Walk(statements, request).page());
  }

  /** One walk over the index, seeking anew after each common prefix. */
  private static final class Walk {
    private final Statements statements;
    private final Request request;
    private final byte[] prefix;
    private final byte[] delimiter;
    private final byte[] end;
    private final List<Entry> entries = new ArrayList<>();
    private byte[] from;
    private boolean inclusive;

    Walk(Statements statements, Request request) {
      this.statements = statements;
      this.request = request;
      prefix = ObjectKey.bytes(request.prefix());
      delimiter = ObjectKey.bytes(request.delimiter());
      end = ObjectKey.successor(prefix);
      from = prefix;
      inclusive = true;
      switch (request.start()) {
        case Start.Beginning() -> {}
        case Start.AfterKey(String key) -> advance(ObjectKey.bytes(key), false);
        case Start.AfterPrefix(String skipped) ->
            advance(ObjectKey.successor(ObjectKey.bytes(skipped)), true);
      }
    }

    private void advance(byte[] to, boolean including) {
      if (Arrays.compareUnsigned(to, from) >= 0) {
        from = to;
        inclusive = including;
      }
    }

    Page page() throws SQLException {
      if (request.maxEntries() == 0) {
        return new Page(List.of(), Optional.empty());
      }
      while (fillFromOneSeek()) {
        if (entries.size() > request.maxEntries()) {
          break;
        }
      }
      if (entries.size() <= request.maxEntries()) {
        return new Page(entries, Optional.empty());
      }
      List<Entry> shown = entries.subList(0, request.maxEntries());
      return new Page(shown, Optional.of(after(shown.getLast())));
    }

    /** Reads until a common prefix, the end, or one entry more than wanted; true to go on. */
    private boolean fillFromOneSeek() throws SQLException {
      String sql =
          "SELECT key, modified_us, etag, size FROM objects WHERE bucket = ? AND key "
              + (inclusive ? ">=" : ">")
              + " ? AND key < ? ORDER BY key";
      try (ResultSet rows = statements.rows(sql, request.bucket(), from, end)) {
        while (rows.next()) {
          byte[] key = rows.getBytes(1);
          Optional<byte[]> common = commonPrefix(key);
          if (common.isPresent()) {
            entries.add(new Entry.CommonPrefix(ObjectKey.text(common.get())));
            from = ObjectKey.successor(common.get());
            inclusive = true;
            return true;
          }
          entries.add(entry(key, rows));
          if (entries.size() > request.maxEntries()) {
            return false;
          }
        }
      }
      return false;
    }

    private Optional<byte[]> commonPrefix(byte[] key) {
      if (delimiter.length == 0) {
        return Optional.empty();
      }
      for (int i = prefix.length; i <= key.length - delimiter.length; i++) {
        if (Arrays.equals(key, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
          return Optional.of(Arrays.copyOf(key, i + delimiter.length));
        }
      }
      return Optional.empty();
    }

    private static Entry entry(byte[] key, ResultSet row) throws SQLException {
      return new Entry.Key(
          ObjectKey.text(key),
          Microseconds.toInstant(row.getLong(2)),
          row.getString(3),
          row.getLong(4));
    }

    private static Start after(Entry entry) {
      return switch (entry) {
        case Entry.Key key -> new Start.AfterKey(key.key());
        case Entry.CommonPrefix common -> new Start.AfterPrefix(common.prefix());
      };
    }
  }
}
