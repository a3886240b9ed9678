package dev.millrace.orch.up;

import dev.millrace.orch.api.view.WaitingView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.doctor.Finding;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/**
 * Which stores keep notices waiting, and why.
 *
 * @param clock by which a notice is old
 */
record NoticeCheck(InstantSource clock) {
  private static final String SUBJECT = "notices";

  /** A notice is looked at within moments, and once more within half a minute at the most. */
  private static final Duration USUAL = Duration.ofMinutes(1);

  /** Nothing where the coordinator does not say: others tell why. */
  List<Finding> of(URI api, String token) {
    try (CoordinatorClient client = new CoordinatorClient(api, token)) {
      List<WaitingView> waiting = client.waiting();
      return waiting.isEmpty()
          ? List.of(Finding.ok(SUBJECT, "none waits for its store"))
          : waiting.stream().map(this::finding).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private Finding finding(WaitingView one) {
    String many = one.notices() == 1 ? "1 notice waits" : one.notices() + " notices wait";
    String since = ", the oldest since " + one.oldestAt();
    if (one.away()) {
      return Finding.warn(
          SUBJECT,
          "store " + one.store() + " does not answer: " + many + " for it" + since,
          "see that it runs and can be reached from the coordinator"
              + (isDefault(one) ? "" : " at the endpoint that millrace.yaml names")
              + "; it is asked again by itself, every 30 s at most, and nothing is lost");
    }
    if (isOld(one.oldestAt())) {
      return Finding.warn(
          SUBJECT,
          "store " + one.store() + " answers, but " + many + " for a look at an object" + since,
          "millrace explain "
              + one.oldest()
              + (isDefault(one) ? "" : " --store " + one.store())
              + ", and the coordinator's log, say why; mostly the store refuses HeadObject (a"
              + " permission), or is not in millrace.yaml any more");
    }
    return Finding.ok(SUBJECT, many + " for a look in store " + one.store() + since);
  }

  private static boolean isDefault(WaitingView one) {
    return one.store().equals(StoreId.EMBEDDED.value());
  }

  private boolean isOld(String since) {
    try {
      return Duration.between(Instant.parse(since), clock.instant()).compareTo(USUAL) > 0;
    } catch (DateTimeException e) {
      return true;
    }
  }
}
