package dev.millrace.orch.api;

import dev.millrace.orch.api.view.ProblemView;
import java.util.List;
import java.util.Locale;

/** A request that is answered with a problem. */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ProblemView problem;

  private Refusal(ProblemView problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  /** A problem with what to do next. */
  static Refusal of(int status, String title, String detail, String next) {
    return new Refusal(new ProblemView(type(title), title, status, detail, next, null));
  }

  /** A problem that is several. */
  static Refusal of(int status, String title, String detail, List<String> problems) {
    return new Refusal(
        new ProblemView(
            type(title),
            title,
            status,
            detail,
            "correct what is listed under problems and ask again",
            problems));
  }

  static Refusal badRequest(String detail) {
    return of(400, "Bad request", detail, "correct the request and send it again");
  }

  static Refusal noSuch(String what, String next) {
    return of(404, "Not found", "there is no " + what, next);
  }

  private static String type(String title) {
    return "/problems/" + title.toLowerCase(Locale.ROOT).replace(' ', '-');
  }

  ProblemView problem() {
    return problem;
  }
}
