package dev.millrace.schema.object;

import java.util.List;

/** The one funnel: every source hands its notices here and acknowledges only when this returns. */
@FunctionalInterface
public interface NoticeSink {
  /**
   * Makes the notices durable, all or none.
   *
   * @throws java.io.UncheckedIOException when they are not durable; the caller keeps them and tries
   *     again
   */
  void accept(List<Notice> notices);
}
