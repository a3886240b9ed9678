package dev.millrace.runtime.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The files by which a wrapper and whoever watches it know of each other; each start has a folder
 * of its own.
 */
record Control(Path folder) {
  private static final String NEVER = "never";

  /** The folder of the newest start under a run's control folder; empty when there is none. */
  static Optional<Control> latest(Path root) {
    int number = starts(root);
    return number == 0
        ? Optional.empty()
        : Optional.of(new Control(root.resolve(Integer.toString(number))));
  }

  /** A folder for a new start. */
  static Control next(Path root) throws IOException {
    return new Control(Files.createDirectories(root.resolve(Integer.toString(starts(root) + 1))));
  }

  private static int starts(Path root) {
    int number = 0;
    while (Files.isDirectory(root.resolve(Integer.toString(number + 1)))) {
      number++;
    }
    return number;
  }

  /** The wrapper, once it has decided to start. */
  Optional<ProcEntry> wrapper() {
    return read("go").flatMap(ProcEntry::parse);
  }

  /** Makes sure that a wrapper which has not started yet never will; false when one has. */
  boolean forbid() {
    try {
      Files.writeString(folder.resolve("go"), NEVER + "\n", StandardOpenOption.CREATE_NEW);
      return true;
    } catch (FileAlreadyExistsException e) {
      return awaitDecision().startsWith(NEVER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a file that was made this very moment may take another one to be in it. */
  private String awaitDecision() {
    for (int i = 0; i < 200; i++) {
      Optional<String> text = read("go").filter(found -> found.endsWith("\n"));
      if (text.isPresent()) {
        return text.get();
      }
      LockSupport.parkNanos(5_000_000);
    }
    return NEVER;
  }

  /** Id of the function's session and its first process group. */
  Optional<Integer> session() {
    return read("session").filter(text -> text.endsWith("\n")).map(t -> Integer.valueOf(t.strip()));
  }

  /** The function's exit code, once it has one and its group is killed. */
  Optional<Integer> exitCode() {
    return read("exit")
        .filter(text -> text.endsWith("\n"))
        .map(text -> Integer.valueOf(text.strip()));
  }

  /** Why the function was stopped; empty when it was not. */
  Optional<StopReason> stopped() {
    return read("stopped").map(text -> StopReason.valueOf(text.strip()));
  }

  void markStopped(StopReason reason) throws IOException {
    write("stopped", reason.name());
  }

  String bootId() {
    return read("boot").orElse("unknown");
  }

  void markBoot(String id) throws IOException {
    write("boot", id);
  }

  Path head() {
    return folder.resolve("log.head");
  }

  Path tail() {
    return folder.resolve("log.tail");
  }

  /** When that file was written; empty when it is not there. */
  Optional<Instant> timeOf(String name) {
    try {
      return Optional.of(Files.getLastModifiedTime(folder.resolve(name)).toInstant());
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void write(String name, String text) throws IOException {
    Path fresh = Files.writeString(folder.resolve(name + ".new"), text);
    Files.move(fresh, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private Optional<String> read(String name) {
    try {
      return Optional.of(Files.readString(folder.resolve(name)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
