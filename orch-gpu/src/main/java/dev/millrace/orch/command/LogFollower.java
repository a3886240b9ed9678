package dev.millrace.orch.command;

import dev.millrace.orch.api.view.AttemptRow;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.StateNames;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.LogText;
import java.io.IOException;
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
  private static final int NOT_NOW = 409;
  private static final int GONE = 410;
  private static final int SHORTER = 416;

  private static final int BUFFER = 1 << 16;

  /** Said where the text of a running attempt is as long as it gets. */
  static final String REST = "what it prints from here on is shown when it has ended.";

  /** So much of what was printed is asked for again, to know that the rest belongs behind it. */
  private static final int SEEN_MAX = 64;

  private final CoordinatorClient client;
  private final String id;
  private final Sink sink;
  private final Duration pause;
  private int current;
  private long printed;
  private byte[] seen = new byte[0];

  /** The attempt of which it was told why there is no text. */
  private int explained;

  /** The attempt of which it was told that its text is full. */
  private int full;

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
        boolean whole = print(job.attempts());
        if (whole && StateNames.atRest(job.job().state())) {
          return job;
        }
        silent = whole ? 0 : silent + 1;
        if (silent > SILENT_MAX) {
          throw new IOException("the log broke off " + silent + " times; try again");
        }
      } catch (ApiFailure.Unreachable | ApiFailure.Broken e) {
        if (++silent == 1) {
          sink.note("The coordinator does not answer; trying again.");
        } else if (silent > SILENT_MAX) {
          throw e;
        }
      }
      pause();
    }
  }

  /** Whether all that there is was printed. */
  private boolean print(List<AttemptRow> attempts) throws IOException {
    for (AttemptRow attempt : attempts) {
      if (attempt.number() < current) {
        continue;
      }
      if (attempt.number() > current) {
        sink.note("Attempt " + attempt.number() + ":");
        current = attempt.number();
        forget();
      }
      if (!more()) {
        return false;
      }
    }
    return true;
  }

  private void forget() {
    printed = 0;
    seen = new byte[0];
  }

  /** Whether the text came to its end. */
  private boolean more() throws IOException {
    Optional<LogText> log = open();
    if (log.isEmpty()) {
      return true;
    }
    try (LogText text = log.get()) {
      Optional<byte[]> known = read(text, seen.length);
      if (known.isEmpty()) {
        return false;
      }
      int same = known.get().length;
      if (!Arrays.equals(known.get(), Arrays.copyOf(seen, same))
          || same < seen.length && !text.running()) {
        return anew();
      }
      for (Optional<byte[]> next = read(text, BUFFER); ; next = read(text, BUFFER)) {
        if (next.isEmpty()) {
          return false;
        }
        if (next.get().length == 0) {
          rest(text);
          return true;
        }
        printed(next.get());
      }
    }
  }

  /** Once an attempt, that a silence from here on means nothing. */
  private void rest(LogText text) {
    if (text.full() && full != current) {
      full = current;
      sink.note("Attempt " + current + " goes on; " + REST);
    }
  }

  /** Up to so many bytes; empty when the connection broke off. */
  private static Optional<byte[]> read(LogText text, int most) {
    try {
      return Optional.of(text.bytes().readNBytes(most));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private void printed(byte[] more) throws IOException {
    sink.text(current, more);
    printed += more.length;
    byte[] both = Arrays.copyOf(seen, seen.length + more.length);
    System.arraycopy(more, 0, both, seen.length, more.length);
    seen = Arrays.copyOfRange(both, Math.max(0, both.length - SEEN_MAX), both.length);
  }

  /** What is kept in the end is not always what was there while it came. */
  private boolean anew() {
    sink.note("The log is kept otherwise than it came; as it is now:");
    forget();
    return false;
  }

  private Optional<LogText> open() throws IOException {
    try {
      return Optional.of(client.log(id, current, printed - seen.length));
    } catch (ApiFailure.Answered e) {
      switch (e.problem().status()) {
        case NOT_THERE -> {}
        case NOT_NOW, GONE -> explain(e.problem().detail());
        case SHORTER -> {
          anew();
          return open();
        }
        default -> throw e;
      }
      return Optional.empty();
    }
  }

  private void explain(String reason) {
    if (explained != current) {
      sink.note("Attempt " + current + ": " + reason + ".");
      explained = current;
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
