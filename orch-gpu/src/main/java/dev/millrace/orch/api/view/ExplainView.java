package dev.millrace.orch.api.view;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.schema.id.JobId;
import java.util.List;

/**
 * The story of an object, in sentences, with the jobs that it became, newest first.
 *
 * @param undecided whether it may become a job yet: a notice of it was not looked at, or what is
 *     there was not seen
 */
public record ExplainView(
    ObjectView object, List<String> sentences, List<JobId> jobs, boolean undecided) {
  public ExplainView {
    sentences = List.copyOf(sentences);
    jobs = List.copyOf(jobs);
  }

  /** As the API writes it. */
  public static ExplainView of(FrontDesk.Explanation explanation) {
    return new ExplainView(
        ObjectView.of(explanation.object()),
        explanation.sentences(),
        explanation.jobs(),
        explanation.undecided());
  }
}
