package dev.millrace.triggers.embedded.names;

import java.io.IOException;
import java.time.InstantSource;

/** The counter of events, and so of generations. */
public final class Sequence {
  private Sequence() {}

  /**
   * Lets it go on above all that it may have given out since a backup was taken: a microsecond has
   * never seen more than one event. What reads events or generations sees none of them twice.
   */
  public static void skip(NameDatabase database, InstantSource clock) throws IOException {
    long now = Microseconds.of(clock.instant());
    database.write(statements -> {
      int there =
          statements.update(
              "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'events'", now);
      return there > 0
          ? there
          : statements.update("INSERT INTO sqlite_sequence(name, seq) VALUES ('events', ?)", now);
    });
  }
}
