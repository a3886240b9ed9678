package dev.millrace.orch.api.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not answered: RFC 9457's members and two of our own.
 *
 * @param type a name of the kind of problem, relative to the API's documentation
 * @param next what to do about it, for people
 * @param problems one line each, where there are several
 */
public record ProblemView(
    String type,
    String title,
    int status,
    String detail,
    @Nullable String next,
    @Nullable List<String> problems) {
  /** The media type that says that a body is of this form. */
  public static final String MEDIA_TYPE = "application/problem+json";

  public ProblemView {
    problems = problems == null ? null : List.copyOf(problems);
  }
}
