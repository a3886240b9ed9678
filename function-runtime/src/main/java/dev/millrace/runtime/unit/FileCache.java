package dev.millrace.runtime.unit;

import dev.millrace.runtime.unit.Transfer.Moved;
import dev.millrace.schema.function.FunctionFile;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Files that ship with functions, kept by their digest for all runs of this provider. A run gets a
 * copy of its own, read-only, and checked while it is copied: what a function does to its copy, or
 * to the kept file, cannot reach another run unseen.
 */
final class FileCache {
  private final Path root;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  FileCache(Path root) throws IOException {
    this.root = Files.createDirectories(root);
  }

  /** Fetches a file where it is not kept. */
  Moved keep(RunRef run, FunctionFile file, Transfer transfer)
      throws IOException, InterruptedException, LeaseLost {
    ReentrantLock lock = locks.computeIfAbsent(file.sha256(), digest -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      Path kept = root.resolve(file.sha256());
      return Files.exists(kept) ? new Moved.Done(file.sha256()) : fetch(run, file, kept, transfer);
    } finally {
      lock.unlock();
    }
  }

  /** Puts a file into a run's folder, fetching it where it is not kept. */
  Moved place(RunRef run, FunctionFile file, Path folder, Transfer transfer)
      throws IOException, InterruptedException, LeaseLost {
    Path target = folder.resolve(file.name());
    ReentrantLock lock = locks.computeIfAbsent(file.sha256(), digest -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      Path kept = root.resolve(file.sha256());
      if (Files.exists(kept) && copy(kept, target, file.sha256())) {
        return new Moved.Done(file.sha256());
      }
      Moved fetched = fetch(run, file, kept, transfer);
      if (fetched instanceof Moved.Done && !copy(kept, target, file.sha256())) {
        return new Moved.Failed("file " + file.name() + " changed while it was copied");
      }
      return fetched;
    } finally {
      lock.unlock();
    }
  }

  private static Moved fetch(RunRef run, FunctionFile file, Path kept, Transfer transfer)
      throws IOException, InterruptedException, LeaseLost {
    Path fresh = kept.resolveSibling(file.sha256() + "." + run.run() + ".new");
    try {
      Moved moved = transfer.fetchPart(run, file.sha256(), fresh);
      if (moved instanceof Moved.Done(String found) && !found.equals(file.sha256())) {
        return new Moved.Failed(
            "file " + file.name() + " has SHA-256 " + found + ", not " + file.sha256());
      }
      if (moved instanceof Moved.Done) {
        Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE);
      }
      return moved;
    } finally {
      Files.deleteIfExists(fresh);
    }
  }

  private static boolean copy(Path kept, Path target, String sha256) throws IOException {
    MessageDigest digest = Hex.sha256();
    Files.deleteIfExists(target);
    try (InputStream in = new DigestInputStream(Files.newInputStream(kept), digest);
        OutputStream out = Files.newOutputStream(target)) {
      in.transferTo(out);
    }
    if (!Hex.of(digest.digest()).equals(sha256)) {
      Files.delete(kept);
      return false;
    }
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r-xr-xr-x"));
    return true;
  }
}
