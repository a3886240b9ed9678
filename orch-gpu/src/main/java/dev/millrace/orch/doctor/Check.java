package dev.millrace.orch.doctor;

import java.io.IOException;
import java.util.List;

/**
 * Something to look at.
 *
 * @param subject one word
 */
public record Check(String subject, Look look) {
  /** Looks once; may hang, since it is left alone then. */
  @FunctionalInterface
  public interface Look {
    /** What was found, in order. */
    List<Finding> at() throws IOException, InterruptedException;
  }
}
