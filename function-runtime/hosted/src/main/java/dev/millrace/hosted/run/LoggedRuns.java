package dev.millrace.hosted.run;

import dev.millrace.runtime.unit.OrderRun;
import dev.millrace.runtime.unit.RunEvents;
import dev.millrace.schema.id.RunRef;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What an operator wants to see of runs that did not go the usual way. */
final class LoggedRuns implements RunEvents {
  private static final Logger LOG = LoggerFactory.getLogger(LoggedRuns.class);

  @Override
  public void refused(String order, String reason) {
    LOG.warn("order {} refused: {}", order, reason);
  }

  @Override
  public void abandoned(RunRef run, String reason) {
    // A store may tell of an order twice: that the second comes too late is the usual way.
    Level level = reason.equals(OrderRun.TAKEN) ? Level.DEBUG : Level.WARN;
    LOG.atLevel(level).log("run {} of {} given up: {}", run.run(), run.attempt(), reason);
  }

  @Override
  public void broken(String order, Exception failure) {
    LOG.warn("run of order {} failed on this host: {}", order, failure.toString());
  }
}
