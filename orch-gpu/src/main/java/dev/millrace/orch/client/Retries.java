package dev.millrace.orch.client;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Set;

/**
 * How often what fails is tried, and how long is waited between: one second, then twice as long
 * each time. What cannot pass by itself is not tried again.
 *
 * @param tries 1 or more
 */
public record Retries(int tries, Pause pause) {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Set<Integer> PASSING = Set.of(408, 429);
  private static final Set<String> SLOW = Set.of("RequestTimeout", "SlowDown");

  /** Five tries, fifteen seconds of waiting in all. */
  public static final Retries USUAL = new Retries(5, Retries::sleep);

  public Retries {
    if (tries < 1) {
      throw new IllegalArgumentException("tries must be 1 or more: " + tries);
    }
  }

  /** Waits. */
  @FunctionalInterface
  public interface Pause {
    /** Returns after so long. */
    void pause(Duration length) throws IOException;
  }

  /** Something over the network. */
  @FunctionalInterface
  interface Call<T> {
    T call() throws IOException;
  }

  <T> T repeat(Call<T> call) throws IOException {
    int failed = 0;
    while (true) {
      try {
        return call.call();
      } catch (IOException e) {
        failed++;
        after(failed, e);
      }
    }
  }

  /**
   * Waits before the next try.
   *
   * @param failed tries so far, 1 or more
   * @throws IOException the failure, when there is no next try
   */
  public void after(int failed, IOException failure) throws IOException {
    if (failed >= tries || !mayPass(failure)) {
      throw failure;
    }
    pause.pause(FIRST.multipliedBy(1L << Math.min(failed - 1, 10)));
  }

  /** Whether another try may go better. */
  public static boolean mayPass(IOException failure) {
    return switch (failure) {
      case InterruptedIOException e -> false;
      case FileNotFoundException e -> false;
      case FileSystemException e -> false;
      case ApiFailure.Foreign e -> false;
      case StoreRefusal e -> mayPass(e.status()) || SLOW.contains(e.code());
      case ApiFailure.Answered e -> mayPass(e.problem().status());
      default -> true;
    };
  }

  /** Whether an answer with this status may be another one next time. */
  static boolean mayPass(int status) {
    return status / 100 == 5 || PASSING.contains(status);
  }

  private static void sleep(Duration length) throws InterruptedIOException {
    try {
      Thread.sleep(length);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted between two tries");
    }
  }
}
