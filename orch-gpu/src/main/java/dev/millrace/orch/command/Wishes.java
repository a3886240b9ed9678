package dev.millrace.orch.command;

import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Asks the same for several jobs; one that cannot be done does not keep the others. */
final class Wishes {
  private Wishes() {}

  static int ask(Setting setting, Common common, CoordinatorClient.Wish wish, List<String> ids)
      throws IOException {
    List<JobRow> done = new ArrayList<>();
    Terminal terminal = common.terminal(setting);
    int exit = Exit.OK;
    try (CoordinatorClient client = common.connect(setting)) {
      for (String id : ids) {
        try {
          JobRow job = client.wish(wish, id);
          done.add(job);
          if (!common.json) {
            terminal.line(
                job.id()
                    + " is "
                    + terminal.paint(Paint.ofState(job.state()), job.state())
                    + (job.cancelRequested() ? ", asked to stop" : ""));
          }
        } catch (ApiFailure.Answered e) {
          if (e.isAboutTheToken() || ids.size() == 1) {
            throw e;
          }
          terminal.note("millrace: " + id + ": " + Failures.oneLine(e.problem()));
          exit = Exit.FAILED;
        }
      }
    }
    if (common.json) {
      common.json(setting, done);
    }
    return exit;
  }
}
