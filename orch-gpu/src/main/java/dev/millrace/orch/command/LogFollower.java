package dev.millrace.orch.command;

import dev.millrace.orch.api.view.AttemptRow;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.StateNames;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Prints a job's logs as they grow, attempt by attempt, until the job rests or ends. A coordinator
 * that does not answer is asked again for a while.
 */
final class LogFollower {
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int SILENT_MAX = 120;
  private static final int NOT_THERE = 404;
  private static final int GONE = 410;

  private final CoordinatorClient client;
  private final String id;
  private final Sink sink;
  private final Duration pause;
  private int current;
  private long printed;

  /** The attempt whose log is known, and told, to be gone. */
  private int lost;

  /** Where what comes goes. */
  interface Sink {
    /** More of an attempt's log. */
    void text(int attempt, byte[] more) throws IOException;

    /** What a reader should know beside it. */
    void note(String text);
  }

  /**
   * @param first attempt to begin with
   */
  LogFollower(CoordinatorClient client, String id, int first, Sink sink, Duration pause) {
    this.client = client;
    this.id = id;
    this.current = first;
    this.sink = sink;
    this.pause = pause;
  }

  LogFollower(CoordinatorClient client, String id, int first, Sink sink) {
    this(client, id, first, sink, PAUSE);
  }

  /** Follows to the end; answers how the job stands then. */
  JobDetail follow() throws IOException {
    int silent = 0;
    while (true) {
      try {
        JobDetail job = client.job(id);
        print(job.attempts());
        if (StateNames.atRest(job.job().state())) {
          return job;
        }
        silent = 0;
      } catch (ApiFailure.Unreachable e) {
        if (++silent == 1) {
          sink.note("The coordinator does not answer; trying again.");
        } else if (silent > SILENT_MAX) {
          throw e;
        }
      }
      pause();
    }
  }

  private void print(List<AttemptRow> attempts) throws IOException {
    for (AttemptRow attempt : attempts) {
      if (attempt.number() < current) {
        continue;
      }
      if (attempt.number() > current) {
        sink.note("Attempt " + attempt.number() + ":");
        current = attempt.number();
        printed = 0;
      }
      more();
    }
  }

  private void more() throws IOException {
    Optional<InputStream> log = open();
    if (log.isEmpty()) {
      return;
    }
    try (InputStream in = log.get()) {
      in.skipNBytes(printed);
      byte[] buffer = new byte[1 << 16];
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        sink.text(current, Arrays.copyOf(buffer, got));
        printed += got;
      }
    } catch (EOFException e) {
      sink.note("The log was shortened; 'millrace logs' prints it as it is now.");
      printed = 0;
    }
  }

  private Optional<InputStream> open() throws IOException {
    try {
      return Optional.of(client.log(id, current));
    } catch (ApiFailure.Answered e) {
      if (e.problem().status() == NOT_THERE) {
        return Optional.empty();
      }
      if (e.problem().status() == GONE) {
        if (lost != current) {
          sink.note("Attempt " + current + ": " + e.problem().detail() + ".");
          lost = current;
        }
        return Optional.empty();
      }
      throw e;
    }
  }

  private void pause() throws InterruptedIOException {
    try {
      Thread.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while following the log");
    }
  }
}
