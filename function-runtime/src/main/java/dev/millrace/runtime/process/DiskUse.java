package dev.millrace.runtime.process;

import dev.millrace.runtime.runner.FolderSize;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Whether processes have written too much: what lies in their folders, and what they hold open
 * though it has no name any more. Looked at less often than memory, since folders are large. For
 * one thread at a time.
 */
final class DiskUse {
  /** Where the limit is set. */
  static final String SETTING = "provider.runners.process.output_max";

  private static final Duration PAUSE = Duration.ofMillis(500);

  private final ProcFs proc;
  private final long bytesMax;
  private long nanosOfLook = System.nanoTime() - PAUSE.toNanos();

  DiskUse(ProcFs proc, long bytesMax) {
    this.proc = proc;
    this.bytesMax = bytesMax;
  }

  /** For people. */
  static String reason(long bytesMax) {
    return "what the function wrote has more than "
        + bytesMax
        + " bytes, files counted that are open and removed, or more than 100000 files: the limit of "
        + SETTING;
  }

  /**
   * Looks, unless it did a moment ago.
   *
   * @param pids of the processes
   */
  boolean over(List<Path> folders, List<Integer> pids) throws IOException {
    long now = System.nanoTime();
    if (now - nanosOfLook < PAUSE.toNanos()) {
      return false;
    }
    boolean over = measure(folders, pids);
    // A look that takes long is not repeated all the time.
    nanosOfLook = System.nanoTime() + (System.nanoTime() - now) * 10;
    return over;
  }

  private boolean measure(List<Path> folders, List<Integer> pids) throws IOException {
    FolderSize size = FolderSize.within(bytesMax);
    for (Path folder : folders) {
      size.add(folder);
    }
    size.add(proc.removedButOpen(pids));
    return size.over();
  }
}
