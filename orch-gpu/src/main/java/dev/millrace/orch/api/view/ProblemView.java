package dev.millrace.orch.api.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was not answered: RFC 9457's members and three of our own.
 *
 * @param type a name of the kind of problem, relative to the API's documentation
 * @param next what to do about it, for people
 * @param problems one line each, where there are several
 * @param requestId names the request, as the header X-Request-Id and the coordinator's log do
 */
public record ProblemView(
    String type,
    String title,
    int status,
    String detail,
    @Nullable String next,
    @Nullable List<String> problems,
    @Nullable String requestId) {
  /** The media type that says that a body is of this form. */
  public static final String MEDIA_TYPE = "application/problem+json";

  public ProblemView {
    problems = problems == null ? null : List.copyOf(problems);
  }

  /** A problem of a request that nobody named. */
  public ProblemView(
      String type,
      String title,
      int status,
      String detail,
      @Nullable String next,
      @Nullable List<String> problems) {
    this(type, title, status, detail, next, problems, null);
  }

  /** The same, of this request. */
  public ProblemView of(String request) {
    return new ProblemView(type, title, status, detail, next, problems, request);
  }
}
