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

/** Looks at everything at once; what hangs is left alone, and said to hang. */
public final class Doctor {
  private final Duration longest;

  /** Waits so long for each. */
  public Doctor(Duration longest) {
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
        findings.addAll(found(checks.get(i).subject(), looks.get(i)));
      }
      return findings;
    } finally {
      threads.shutdownNow();
    }
  }

  private List<Finding> found(String subject, Future<List<Finding>> look)
      throws InterruptedException {
    try {
      return look.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return List.of(
          Finding.bad(
              subject,
              "did not answer within " + longest.toSeconds() + " s",
              "it hangs: find out why, or restart it"));
    } catch (ExecutionException e) {
      String reason =
          Optional.ofNullable(e.getCause())
              .map(cause -> Optional.ofNullable(cause.getMessage()).orElse(cause.toString()))
              .orElse("no reason");
      return List.of(Finding.bad(subject, reason, "look at it by hand"));
    }
  }
}
