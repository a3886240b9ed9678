package dev.millrace.hosted.run;

/** What came is not an order that is followed here; nothing was claimed for it. */
public final class NotFollowed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotFollowed(String reason) {
    super(reason);
  }
}
