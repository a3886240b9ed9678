package dev.millrace.orch.client;

import dev.millrace.orch.api.view.ProblemView;
import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** A coordinator did not do what it was asked. */
public abstract sealed class ApiFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private ApiFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Nobody answers there. */
  public static final class Unreachable extends ApiFailure {
    private static final long serialVersionUID = 1L;

    public Unreachable(URI endpoint, Throwable cause) {
      super("no coordinator answers at " + endpoint, cause);
    }
  }

  /** It answered with a problem. */
  public static final class Answered extends ApiFailure {
    private static final long serialVersionUID = 1L;
    private final transient ProblemView problem;

    public Answered(ProblemView problem) {
      super(problem.detail(), null);
      this.problem = problem;
    }

    /** What it said. */
    public ProblemView problem() {
      return problem;
    }

    /** Whether the token is why: not known, or of a role that may not. */
    public boolean isAboutTheToken() {
      return problem.status() == 401 || problem.status() == 403;
    }
  }
}
