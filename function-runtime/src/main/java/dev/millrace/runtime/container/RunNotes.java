package dev.millrace.runtime.container;

import dev.millrace.runtime.runner.RunEnd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/** What is kept in a run's control folder, so that another process can go on. */
record RunNotes(Path folder) {
  private static final String STARTING = "starting";
  private static final String STOPPED = "stopped";
  private static final String END = "end";

  /** Forgets an earlier start. */
  void clear() throws IOException {
    for (String name : new String[] {STARTING, STOPPED, END}) {
      Files.deleteIfExists(folder.resolve(name));
    }
  }

  /** From here on a container that is missing was taken away by someone. */
  void starting(Instant now) throws IOException {
    write(STARTING, now.toString());
  }

  /** When the start was asked for; empty when it never was. */
  Optional<Instant> startedAt() {
    return read(STARTING).flatMap(RunNotes::instant);
  }

  void stopped(StopCause cause) throws IOException {
    write(STOPPED, cause.name());
  }

  Optional<StopCause> stopped() {
    return read(STOPPED).map(StopCause::valueOf);
  }

  /** Kept before the container is taken away. */
  void end(RunEnd end) throws IOException {
    write(END, end.startedAt() + "\n" + end.endedAt() + "\n" + said(end.ending()));
  }

  boolean hasEnd() {
    return Files.exists(folder.resolve(END));
  }

  Optional<RunEnd> end() {
    return read(END).flatMap(RunNotes::parse);
  }

  private static String said(RunEnd.Ending ending) {
    return switch (ending) {
      case RunEnd.Exited(int code) -> "exited " + code;
      case RunEnd.TimedOut() -> "timed-out";
      case RunEnd.OutOfMemory() -> "out-of-memory";
      case RunEnd.OutOfDisk(String reason) -> "out-of-disk " + reason;
      case RunEnd.Stopped() -> "stopped";
      case RunEnd.Lost(String reason) -> "lost " + reason;
    };
  }

  private static Optional<RunEnd> parse(String text) {
    String[] lines = text.split("\n", 3);
    if (lines.length < 3) {
      return Optional.empty();
    }
    String[] words = lines[2].split(" ", 2);
    String rest = words.length > 1 ? words[1] : "";
    RunEnd.Ending ending =
        switch (words[0]) {
          case "exited" -> new RunEnd.Exited(Integer.parseInt(rest.strip()));
          case "timed-out" -> new RunEnd.TimedOut();
          case "out-of-memory" -> new RunEnd.OutOfMemory();
          case "out-of-disk" -> new RunEnd.OutOfDisk(rest);
          case "stopped" -> new RunEnd.Stopped();
          default -> new RunEnd.Lost(rest);
        };
    return instant(lines[0])
        .flatMap(from -> instant(lines[1]).map(to -> new RunEnd(ending, from, to)));
  }

  private static Optional<Instant> instant(String text) {
    try {
      return Optional.of(Instant.parse(text.strip()));
    } catch (DateTimeException e) {
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
