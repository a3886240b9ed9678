package dev.millrace.orch.api.view;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.journal.ObjectTally;
import dev.millrace.schema.id.JobId;
import java.util.List;

/**
 * The story of an object, in sentences, with the jobs that it became, newest first.
 *
 * @param undecided whether it may become a job yet: a notice of it was not looked at, or what is
 *     there was not seen
 * @param found how much there is to tell, where that is more than is told
 */
public record ExplainView(
    ObjectView object, List<String> sentences, List<JobId> jobs, boolean undecided, Found found) {
  public ExplainView {
    sentences = List.copyOf(sentences);
    jobs = List.copyOf(jobs);
  }

  /**
   * How much is known of an object.
   *
   * @param notices of it
   * @param jobs made of it
   * @param publications of jobs that wrote it
   */
  public record Found(long notices, long jobs, long publications) {
    static Found of(ObjectTally tally) {
      return new Found(tally.notices(), tally.jobs(), tally.publications());
    }
  }

  /** As the API writes it. */
  public static ExplainView of(FrontDesk.Explanation explanation) {
    return new ExplainView(
        ObjectView.of(explanation.object()),
        explanation.sentences(),
        explanation.jobs(),
        explanation.undecided(),
        Found.of(explanation.found()));
  }
}
