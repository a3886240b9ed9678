package dev.millrace.orch.client;

import java.net.URI;
import java.time.Duration;

/** What a coordinator was asked, as a failure tells of it. */
record Asked(URI endpoint, String method, String path) {
  /** Whether asking again does nothing twice. */
  boolean isHarmless() {
    return method.equals("GET");
  }

  /** So many seconds, in words. */
  static String seconds(Duration time) {
    return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
  }
}
