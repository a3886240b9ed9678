package dev.millrace.schema.time;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work that is waited for so long at most. */
public final class Bounded {
  private Bounded() {}

  /**
   * Does the work on a daemon thread of this name. What is not done within the limit goes on there,
   * or hangs there, and keeps no program from its end.
   *
   * @return whether it was done in time, and the caller not interrupted
   * @throws ExecutionException with what the work threw
   */
  public static boolean done(String name, Duration limit, Callable<?> work)
      throws ExecutionException {
    FutureTask<?> task = new FutureTask<>(work);
    Thread.ofPlatform().daemon().name(name).start(task);
    try {
      task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
