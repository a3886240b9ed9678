package dev.millrace.orch.client;

import dev.millrace.orch.api.view.ProblemView;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A coordinator did not do what it was asked. */
public abstract sealed class ApiFailure extends IOException {
  private static final long serialVersionUID = 1L;

  private ApiFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /** Nobody answers there, or not in time, or not in HTTP. */
  public static final class Unreachable extends ApiFailure {
    private static final long serialVersionUID = 1L;
    private final String advice;

    public Unreachable(URI endpoint, Throwable cause) {
      this("no coordinator answers at " + endpoint, "start one with 'millrace up'", cause);
    }

    private Unreachable(String message, String advice, @Nullable Throwable cause) {
      super(message, cause);
      this.advice = advice;
    }

    /** By how asking failed. */
    static Unreachable of(Asked asked, Duration limit, IOException failure) {
      return switch (failure) {
        case HttpConnectTimeoutException e -> new Unreachable(asked.endpoint(), e);
        case HttpTimeoutException e ->
            new Unreachable(
                "what listens at "
                    + asked.endpoint()
                    + " took the request and did not answer in "
                    + Asked.seconds(limit),
                "look at the coordinator's log, and at what stands between; " + again(asked),
                e);
        case ProtocolException e -> foreign(asked, e);
        default ->
            String.valueOf(failure.getMessage()).startsWith("Invalid ")
                ? foreign(asked, failure)
                : new Unreachable(asked.endpoint(), failure);
      };
    }

    private static Unreachable foreign(Asked asked, IOException failure) {
      return new Unreachable(
          "what listens at " + asked.endpoint() + " does not answer in HTTP",
          "check --endpoint, and what stands between",
          failure);
    }

    /** A proxy, for instance, that has nobody to ask. */
    static Unreachable status(Asked asked, int status) {
      return new Unreachable(
          "what listens at " + asked.endpoint() + " answers HTTP " + status + ", as no coordinator",
          "look whether one runs behind it, and check --endpoint; " + again(asked),
          null);
    }

    /** What to do about it. */
    public String advice() {
      return advice;
    }
  }

  /** The answer did not come to its end. */
  public static final class Broken extends ApiFailure {
    private static final long serialVersionUID = 1L;

    Broken(Asked asked, String how, IOException cause) {
      super("the answer of " + asked.endpoint() + " " + how + ": " + again(asked), cause);
    }
  }

  /** Whoever answered is no coordinator. */
  public static final class Foreign extends ApiFailure {
    private static final long serialVersionUID = 1L;

    Foreign(Asked asked, String what, @Nullable IOException cause) {
      super(
          "what listens at "
              + asked.endpoint()
              + " is no coordinator, or something between answers for it: "
              + what
              + ". Check --endpoint, and a proxy or login page on the way",
          cause);
    }

    private Foreign(String message) {
      super(message, null);
    }

    /** An S3 store: the other port that 'millrace up' names. */
    static Foreign store(Asked asked) {
      return new Foreign(
          "what listens at "
              + asked.endpoint()
              + " is a store, not the coordinator: --endpoint means the port of the API, which"
              + " 'millrace up' prints behind 'api' (7070, unless api.port or --port says another)");
    }
  }

  private static String again(Asked asked) {
    return asked.isHarmless()
        ? "try again; where it happens again, look at what stands between, and at its time-outs"
        : "it may have been done: look, and only then ask for the same again";
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
