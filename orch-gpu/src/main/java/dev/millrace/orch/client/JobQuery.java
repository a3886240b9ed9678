package dev.millrace.orch.client;

import java.util.List;
import java.util.Optional;

/**
 * Which jobs to list, newest first.
 *
 * @param states labels; empty for all
 * @param bucket of the input
 * @param cursor the page before's {@code next}
 * @param max rows, 1 to 1,000
 */
public record JobQuery(
    List<String> states,
    Optional<String> function,
    Optional<String> bucket,
    Optional<String> cursor,
    int max) {
  public JobQuery {
    states = List.copyOf(states);
  }

  /** All jobs. */
  public static JobQuery newest(int max) {
    return new JobQuery(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), max);
  }

  /** The same of other states. */
  public JobQuery in(List<String> others) {
    return new JobQuery(others, function, bucket, cursor, max);
  }

  /** The next page. */
  public JobQuery after(String next) {
    return new JobQuery(states, function, bucket, Optional.of(next), max);
  }

  /** The same, so many a page. */
  public JobQuery atMost(int rows) {
    return new JobQuery(states, function, bucket, cursor, rows);
  }

  String path() {
    StringBuilder path = new StringBuilder("/v1/jobs?max=").append(max);
    if (!states.isEmpty()) {
      path.append("&state=").append(Http.part(String.join(",", states)));
    }
    function.ifPresent(name -> path.append("&function=").append(Http.part(name)));
    bucket.ifPresent(name -> path.append("&bucket=").append(Http.part(name)));
    cursor.ifPresent(next -> path.append("&cursor=").append(Http.part(next)));
    return path.toString();
  }
}
