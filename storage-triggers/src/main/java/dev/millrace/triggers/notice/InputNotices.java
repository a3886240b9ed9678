package dev.millrace.triggers.notice;

import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import java.util.List;

/**
 * Lets through what can be input: keys that end in a slash are folder markers, and everything under
 * {@code .millrace/} is Millrace's own.
 */
public record InputNotices(NoticeSink next) implements NoticeSink {
  private static final String OWN = ".millrace/";

  /** Whether an object of that key can be input. */
  public static boolean canBeInput(String key) {
    return !key.endsWith("/") && !key.startsWith(OWN);
  }

  @Override
  public void accept(List<Notice> notices) {
    List<Notice> inputs =
        notices.stream().filter(notice -> canBeInput(notice.object().key())).toList();
    if (!inputs.isEmpty()) {
      next.accept(inputs);
    }
  }
}
