package dev.millrace.runtime.resident;

import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.StepFile;
import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How far a job came with its worker, kept in the run's folder: after a restart the worker is gone,
 * and this tells whether the job was begun and how it ended.
 *
 * @param ending name of the ending, empty before it
 * @param reason what the ending says, where it says anything
 */
record Ticket(
    State state, String ending, int code, String reason, Instant startedAt, Instant endedAt) {
  private static final String FILE = "worker";

  /** Where an earlier version kept it, as the only one in its file, in the control folder. */
  private static final String ONLY = "worker.json";

  /** How far a job is. */
  enum State {
    /** No worker has been told of it. */
    WAITING,
    /** A worker may have been told of it. */
    GIVEN,
    /** Its end is known. */
    ENDED
  }

  static Ticket waiting() {
    return new Ticket(State.WAITING, "", 0, "", Instant.EPOCH, Instant.EPOCH);
  }

  static Ticket given(Instant now) {
    return new Ticket(State.GIVEN, "", 0, "", now, now);
  }

  static Ticket ended(RunEnd end) {
    int code = end.ending() instanceof RunEnd.Exited(int exit) ? exit : 0;
    return new Ticket(
        State.ENDED,
        end.ending().getClass().getSimpleName(),
        code,
        end.ending() instanceof RunEnd.OutOfDisk(String said) ? said : "",
        end.startedAt(),
        end.endedAt());
  }

  /** The end of a job whose provider was started again. */
  RunEnd end() {
    RunEnd.Ending known =
        switch (ending) {
          case "Exited" -> new RunEnd.Exited(code);
          case "TimedOut" -> new RunEnd.TimedOut();
          case "OutOfMemory" -> new RunEnd.OutOfMemory();
          case "OutOfDisk" -> new RunEnd.OutOfDisk(reason);
          case "Stopped" -> new RunEnd.Stopped();
          default -> new RunEnd.Lost("the provider stopped while a worker had the job");
        };
    return new RunEnd(known, startedAt, endedAt);
  }

  void write(WorkFolder folder) throws IOException {
    file(folder).add(Json.bytes(this));
  }

  private static StepFile file(WorkFolder folder) {
    return new StepFile(folder.root().resolve(FILE));
  }

  /** Where a later version kept it: a folder for it alone cost more than the file. */
  private static StepFile inControl(WorkFolder folder) {
    return new StepFile(folder.control().resolve(FILE));
  }

  static void remove(WorkFolder folder) throws IOException {
    Files.deleteIfExists(folder.control().resolve(ONLY));
    Files.deleteIfExists(inControl(folder).path());
    Files.deleteIfExists(file(folder).path());
  }

  /** A run's ticket; one that cannot be read tells that a worker may have the job. */
  static Optional<Ticket> read(WorkFolder folder) throws IOException {
    for (StepFile each : List.of(file(folder), inControl(folder))) {
      if (Files.exists(each.path(), LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of(
            each.last(line -> Json.read(line, Ticket.class)).orElseGet(() -> given(Instant.EPOCH)));
      }
    }
    return only(folder);
  }

  private static Optional<Ticket> only(WorkFolder folder) throws IOException {
    try {
      byte[] text = Files.readAllBytes(folder.control().resolve(ONLY));
      return Optional.of(Json.read(text, Ticket.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedJson e) {
      return Optional.of(given(Instant.EPOCH));
    }
  }
}
