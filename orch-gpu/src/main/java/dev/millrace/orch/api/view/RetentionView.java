package dev.millrace.orch.api.view;

import dev.millrace.orch.retention.Due;
import dev.millrace.orch.retention.Round;
import dev.millrace.orch.retention.Rules;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What retention removes, and what is old enough. Counts stop at 20,001, which stands for more than
 * 20,000.
 *
 * @param configured how long things are kept here
 * @param asked the rules that the rest is told for
 * @param now what the coordinator's clock says
 * @param counted the time that removals go by: not after {@code now}
 * @param standing whether {@code counted} is days behind and stands still until a round is asked
 *     for with {@code trustClock}
 * @param logs by {@code now}, as are jobs, notices, leases and entries
 * @param notices decided ones that would go
 * @param leases free ones that would go
 * @param entries carried ones that would go
 * @param ready how much of all that goes now, by {@code counted}
 * @param unfinished jobs whose removal is decided and not finished
 * @param last the last round since the coordinator was started, null before there was one
 */
public record RetentionView(
    Times configured,
    Times asked,
    Instant now,
    Instant counted,
    boolean standing,
    Logs logs,
    Jobs jobs,
    long notices,
    long leases,
    long entries,
    Ready ready,
    int unfinished,
    @Nullable RoundView last) {
  /** How long things are kept, as the configuration writes it: {@code 30d}, {@code never}. */
  public record Times(String logs, String notices, String jobs) {
    static Times of(Rules rules) {
      return new Times(
          Rules.text(rules.logs()), Rules.text(rules.notices()), Rules.text(rules.jobs()));
    }
  }

  /**
   * Logs that would go.
   *
   * @param jobs whose logs they are
   * @param looked at so many of those jobs for the rest
   * @param bytes as far as is known
   */
  public record Logs(long jobs, long looked, long logs, long bytes) {}

  /**
   * Jobs that would be cut down.
   *
   * @param bytes of their attempts in the journal
   */
  public record Jobs(long jobs, long bytes) {}

  /**
   * What goes now.
   *
   * @param logs jobs whose logs go
   * @param jobs that are cut down
   * @param rows notices, leases and entries
   */
  public record Ready(long logs, long jobs, long rows) {}

  /** As the API writes it. */
  public static RetentionView of(Rules configured, Due due, Optional<Round> last) {
    return new RetentionView(
        Times.of(configured),
        Times.of(due.rules()),
        due.wall(),
        due.counted(),
        due.standing(),
        new Logs(due.logs().jobs(), due.logs().looked(), due.logs().logs(), due.logs().bytes()),
        new Jobs(due.jobs().jobs(), due.jobs().bytes()),
        due.notices(),
        due.leases(),
        due.entries(),
        new Ready(due.ready().logs(), due.ready().jobs(), due.ready().rows()),
        due.open(),
        last.map(RoundView::of).orElse(null));
  }
}
