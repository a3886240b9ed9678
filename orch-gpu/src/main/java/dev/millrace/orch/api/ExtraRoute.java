package dev.millrace.orch.api;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/**
 * A route that another part of the coordinator serves, for instance a webhook.
 *
 * @param method {@code GET}, {@code POST}, {@code PUT} or {@code DELETE}
 * @param path with {@code {name}} for what varies, below {@code /}
 * @param allowed whom it is for
 */
public record ExtraRoute(String method, String path, Allowed allowed, Service service) {

  /** Whom a route is for. */
  public enum Allowed {
    /** Served without a token: the route authenticates on its own. */
    ANYONE,
    /** Who may read what its tenant has. */
    READERS,
    /** Who may change what its tenant has. */
    WRITERS
  }

  /** What answers. Blocking; called on a virtual thread. */
  @FunctionalInterface
  public interface Service {
    /** Answers one request. */
    Answer answer(Request request) throws IOException;
  }

  /**
   * A request; what stands in its query is refused before.
   *
   * @param path values of the path's names
   * @param headers by name in lower case, first value of each
   * @param holder who asks; empty on an open route
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Request(
      Map<String, String> path,
      Map<String, String> headers,
      Optional<Tokens.Principal> holder,
      byte[] body) {}

  /** An answer. */
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(int status, String contentType, byte[] body) {}
}
