package dev.millrace.orch.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A data folder, the backup that is taken of it, and what comes back. */
final class Backups {
  static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");
  static final String BLOB = "ab0123456789abcdef0123456789abcd";

  final Told told = new Told();
  Path data;
  Path file;

  /** With one of each of what lies in a data folder, and of what is left out. */
  Backups(Path folder) throws IOException {
    data = folder.resolve("data");
    file = folder.resolve("backup.zip");
    put("journal.db", "jobs");
    put("journal.db-wal", "left out: it is in the copy");
    put("store/names.sqlite", "names");
    put("store/access-keys", "id and secret");
    put("store/lock", "");
    put("store/blobs/ab/" + BLOB, "an object");
    put("ledger/entries", "first line\nentry");
    put("ledger/index", "index");
    put("ledger/checkpoint", "note");
    put("keys/coordinator.ed25519", "key");
    put("provider/receipts", "receipt\n");
    put("provider/runs/r1/step", "left out");
    put("provider/slots/s1/input/a", "left out");
    put("token", "token");
    put("millrace.yaml", "tenant: main");
    put("coordinator.json", "left out");
    put("scratch/x", "left out");
  }

  void put(String name, String text) throws IOException {
    Path at = data.resolve(name);
    Files.createDirectories(at.getParent());
    Files.writeString(at, text);
  }

  Manifest take() throws IOException {
    return take(new CopiedDatabases());
  }

  Manifest take(Databases databases) throws IOException {
    return new Backup(databases, InstantSource.fixed(NOW), "1.2.3").take(data, file, told);
  }

  Manifest restore(Path into) throws IOException {
    return new Restore(at -> Long.MAX_VALUE).into(file, into, told);
  }

  /** The text of each file under it, by its path there. */
  static Map<String, String> content(Path root) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      for (Path each : all.filter(Files::isRegularFile).toList()) {
        found.put(root.relativize(each).toString(), Files.readString(each));
      }
    }
    return found;
  }

  /** Counts what was moved. */
  static final class Told implements Watcher {
    long moved;

    @Override
    public void begins(String what, long bytes) {
      // The bytes are counted as they come.
    }

    @Override
    public void moved(long bytes) {
      moved += bytes;
    }
  }
}
