package dev.millrace.orch.api.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of jobs, newest first.
 *
 * @param next what to give as {@code cursor} for the next page; null when this is the last
 */
public record JobPage(List<JobRow> jobs, @Nullable String next) {
  public JobPage {
    jobs = List.copyOf(jobs);
  }
}
