package dev.millrace.orch.retention;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Retention of invented jobs: it removes what it was told, once. */
public final class FakeRetention implements RetentionDesk {
  private final Rules rules;
  private final Instant now;
  private volatile Optional<Round> last = Optional.empty();

  /** Why something stays; empty for nothing. */
  public volatile List<String> troubles = List.of();

  /** How many rounds there is work for. */
  public volatile int rounds = 1;

  /** The time that is counted by. */
  public volatile Instant counted;

  /** Whether that stands still. */
  public volatile boolean standing;

  /** Whether the last call trusted the clock. */
  public volatile boolean trusted;

  public FakeRetention(Rules rules, Instant now) {
    this.rules = rules;
    this.now = now;
    this.counted = now;
  }

  @Override
  public Rules rules() {
    return rules;
  }

  @Override
  public Optional<Round> last() {
    return last;
  }

  @Override
  public Due due(Rules asked) {
    return new Due(
        asked,
        now,
        counted,
        standing,
        asked.logs() == null ? new Due.Logs(0, 0, 0, 0) : new Due.Logs(1200, 1000, 990, 5 << 20),
        asked.jobs() == null ? new Due.Jobs(0, 0) : new Due.Jobs(7, 70_000),
        asked.notices() == null ? 0 : 2500,
        asked.notices() == null ? 0 : 1210,
        asked.notices() == null ? 0 : 1209,
        new Due.Ready(1, 2, 3),
        0);
  }

  @Override
  public Asked run(boolean trustClock) {
    trusted |= trustClock;
    if (rules.off()) {
      return new Asked.Off();
    }
    Round round = new Round(now, counted, 500, 1 << 20, 3, 480, 10, 5, 4, --rounds > 0, troubles);
    last = Optional.of(round);
    return new Asked.Done(round);
  }
}
