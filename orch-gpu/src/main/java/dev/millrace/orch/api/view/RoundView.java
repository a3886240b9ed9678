package dev.millrace.orch.api.view;

import dev.millrace.orch.retention.Round;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one round of retention did.
 *
 * @param counted the time that it went by
 * @param logs jobs whose logs went
 * @param logBytes bytes of those logs, as far as is known
 * @param jobs jobs of which nothing is left but which they were and how they ended
 * @param objects deletions in stores
 * @param leases rows of leases that were free
 * @param entries rows of entries that the ledger has
 * @param more there was more than one round takes
 * @param troubles why something stayed
 */
public record RoundView(
    Instant at,
    Instant counted,
    long logs,
    long logBytes,
    long jobs,
    long objects,
    long notices,
    long leases,
    long entries,
    boolean more,
    List<String> troubles) {
  public RoundView {
    troubles = List.copyOf(troubles);
  }

  /** As the API writes it. */
  public static RoundView of(Round round) {
    return new RoundView(
        round.at(),
        round.counted(),
        round.logs(),
        round.logBytes(),
        round.jobs(),
        round.objects(),
        round.notices(),
        round.leases(),
        round.entries(),
        round.more(),
        round.troubles());
  }

  /** Whether anything went. */
  public boolean anything() {
    return logs + jobs + objects + notices + leases + entries > 0;
  }

  /** This one and the one after it, as one. */
  public RoundView and(RoundView next) {
    List<String> all = Stream.concat(troubles.stream(), next.troubles.stream()).distinct().toList();
    return new RoundView(
        next.at,
        next.counted,
        logs + next.logs,
        logBytes + next.logBytes,
        jobs + next.jobs,
        objects + next.objects,
        notices + next.notices,
        leases + next.leases,
        entries + next.entries,
        next.more,
        all);
  }
}
