package dev.millrace.orch.up;

import dev.millrace.orch.api.view.RetentionView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.doctor.Finding;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** Whether what is to be removed ages. */
final class RetentionCheck {
  private static final String NEVER = "never";
  private static final RetentionView.Times OFF = new RetentionView.Times(NEVER, NEVER, NEVER);

  private RetentionCheck() {}

  /** Nothing where nothing is wrong, or where the coordinator does not say: others tell why. */
  static List<Finding> of(URI api, String token) {
    try (CoordinatorClient client = new CoordinatorClient(api, token)) {
      RetentionView view = client.retention(NEVER, NEVER, NEVER);
      return view.standing() && !view.configured().equals(OFF)
          ? List.of(
              Finding.warn(
                  "retention",
                  "nothing is removed that is not old enough at "
                      + view.counted()
                      + ": the clock says "
                      + view.now()
                      + ", days ahead of what is known to have passed",
                  "look at the clock; where it is right: millrace retention run --trust-clock"))
          : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
