package dev.millrace.orch.doctor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Looks at everything at once; what hangs is left alone, and said to hang. */
public final class Doctor {
  private final Function<Check, Duration> longest;

  /** Waits so long for each. */
  public Doctor(Duration longest) {
    this(check -> longest);
  }

  Doctor(Function<Check, Duration> longest) {
    this.longest = longest;
  }

  /** What was found, in the order of the checks. */
  public List<Finding> examine(List<Check> checks) throws InterruptedException {
    ExecutorService threads =
        Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("doctor-", 0).factory());
    try {
      List<Future<List<Finding>>> looks = new ArrayList<>();
      for (Check check : checks) {
        looks.add(threads.submit(() -> check.look().at()));
      }
      List<Finding> findings = new ArrayList<>();
      for (int i = 0; i < checks.size(); i++) {
        findings.addAll(found(checks.get(i), looks.get(i)));
      }
      return findings;
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Finding> found(Check check, Future<List<Finding>> look) throws InterruptedException {
    Duration most = longest.apply(check);
    try {
      return look.get(most.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return List.of(
          Finding.bad(
              check.subject(),
              "did not answer within " + most.toSeconds() + " s",
              "it hangs: find out why, or restart it"));
    } catch (ExecutionException e) {
      String reason =
          Optional.ofNullable(e.getCause())
              .map(cause -> Optional.ofNullable(cause.getMessage()).orElse(cause.toString()))
              .orElse("no reason");
      return List.of(Finding.bad(check.subject(), reason, "look at it by hand"));
    }
  }
}
