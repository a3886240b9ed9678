package dev.millrace.runtime.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What Linux says of its processes under {@code /proc}. */
final class ProcFs {
  /** USER_HZ: what the kernel counts {@code stat}'s times in, on every platform of the JDK. */
  private static final long TICKS_PER_SECOND = 100;

  /** No host starts the 32,768 processes of the smallest circle in so short a time. */
  private static final double CIRCLE_SECONDS = 3;

  private final Path root;

  ProcFs(Path root) {
    this.root = root;
  }

  /** All that can be read; a process that ends meanwhile is left out. */
  List<ProcEntry> all() throws IOException {
    List<ProcEntry> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, "[0-9]*")) {
      for (Path entry : entries) {
        read(entry.resolve("stat")).flatMap(ProcEntry::parse).ifPresent(found::add);
      }
    }
    return found;
  }

  /**
   * Those that may have been started behind a process. Numbers are given in a circle: as long as it
   * cannot have been run through, most processes need not be looked at.
   */
  List<ProcEntry> since(ProcEntry first) throws IOException {
    int last = lastPid();
    if (last == 0 || ageSeconds(first) > CIRCLE_SECONDS) {
      return all();
    }
    List<ProcEntry> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root, "[0-9]*")) {
      for (Path entry : entries) {
        int pid = Integer.parseInt(entry.getFileName().toString());
        boolean behind =
            last >= first.pid()
                ? pid > first.pid() && pid <= last
                : pid > first.pid() || pid <= last;
        if (behind) {
          find(pid).ifPresent(found::add);
        }
      }
    }
    return found;
  }

  /** The number that was given last; 0 where it cannot be told. */
  private int lastPid() {
    String text = read(root.resolve("loadavg")).orElse("").strip();
    try {
      return Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  Optional<ProcEntry> find(int pid) {
    return read(root.resolve(Integer.toString(pid)).resolve("stat")).flatMap(ProcEntry::parse);
  }

  /** The session of this process, 0 where it cannot be told. */
  int ownSession() {
    return find((int) ProcessHandle.current().pid()).map(ProcEntry::session).orElse(0);
  }

  /** Whether that very process runs, not another one that got its number later. */
  boolean runs(ProcEntry process) {
    return find(process.pid())
        .filter(now -> now.startTicks() == process.startTicks() && now.alive())
        .isPresent();
  }

  /** Resident memory in bytes, 0 for one that is gone. */
  long resident(int pid) {
    String status = read(root.resolve(Integer.toString(pid)).resolve("status")).orElse("");
    int at = status.indexOf("\nVmRSS:");
    if (at < 0) {
      return 0;
    }
    String line = status.substring(at + 7, status.indexOf('\n', at + 7)).strip();
    return Long.parseLong(line.substring(0, line.indexOf(' '))) * 1024;
  }

  /**
   * Bytes of files that these processes hold open and that have no name any more; each file once.
   * What lies in memory is left out.
   */
  long removedButOpen(List<Integer> pids) {
    Set<Object> seen = new HashSet<>();
    long sum = 0;
    for (int pid : pids) {
      try (DirectoryStream<Path> open =
          Files.newDirectoryStream(root.resolve(Integer.toString(pid)).resolve("fd"))) {
        for (Path descriptor : open) {
          sum += removed(descriptor, seen);
        }
      } catch (IOException | DirectoryIteratorException e) {
        // It has ended, or is another user's.
        continue;
      }
    }
    return sum;
  }

  private static long removed(Path descriptor, Set<Object> seen) {
    try {
      String name = Files.readSymbolicLink(descriptor).toString();
      if (!name.endsWith(" (deleted)")
          || name.startsWith("/memfd:")
          || name.startsWith("/dev/shm/")) {
        return 0;
      }
      BasicFileAttributes file = Files.readAttributes(descriptor, BasicFileAttributes.class);
      Object key = file.fileKey();
      return file.isRegularFile() && key != null && seen.add(key) ? file.size() : 0;
    } catch (IOException e) {
      // Closed meanwhile.
      return 0;
    }
  }

  /** Whether a process was started with that variable, which its children inherit. */
  boolean hasVariable(int pid, String assignment) {
    String block =
        read(root.resolve(Integer.toString(pid)).resolve("environ")).map(e -> "\0" + e).orElse("");
    return block.contains("\0" + assignment + "\0");
  }

  /** Changes with every boot: pids of another boot mean nothing. */
  String bootId() {
    return read(root.resolve("sys/kernel/random/boot_id")).orElse("unknown").strip();
  }

  /** Seconds that a process has existed, by the clock that no one sets. */
  double ageSeconds(ProcEntry process) {
    String uptime = read(root.resolve("uptime")).orElse("0 ");
    return Double.parseDouble(uptime.substring(0, uptime.indexOf(' ')))
        - (double) process.startTicks() / TICKS_PER_SECOND;
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
