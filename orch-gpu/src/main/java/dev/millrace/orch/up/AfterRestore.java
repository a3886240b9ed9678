package dev.millrace.orch.up;

import dev.millrace.orch.backup.Restore;
import dev.millrace.orch.dispatch.FleetBook;
import dev.millrace.orch.dispatch.Hold;
import dev.millrace.orch.fleet.Attendance;
import dev.millrace.orch.journal.Journal;
import dev.millrace.schema.id.ProviderId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the first start after a restore makes up for: tokens that were given out since the backup
 * are never given out again, and what may still run on providers elsewhere keeps its devices. The
 * mark that the restore left then says until when.
 */
final class AfterRestore {
  private static final Logger LOG = LoggerFactory.getLogger(AfterRestore.class);

  /** More than any coordinator gives out between a backup and its restore. */
  private static final long TOKENS = 1L << 32;

  /** Where no function is deployed: that of one which states none. */
  private static final Duration USUAL_TIMEOUT = Duration.ofHours(1);

  private final Path mark;
  private final InstantSource clock;

  private AfterRestore(DataFolder data, InstantSource clock) {
    this.mark = data.file(Restore.MARK);
    this.clock = clock;
  }

  /**
   * The fleet of a coordinator that starts, before anything is placed: devices of providers whose
   * leftover runs nobody sweeps are held for as long as those may last.
   */
  static FleetBook fleet(
      Journal journal, Coordinator.Ground ground, Attendance attendance, InstantSource clock)
      throws IOException {
    Hold hold =
        new AfterRestore(ground.data(), clock)
            .begin(journal, ground.config().patience().stopGrace(), attendance::inside);
    return new FleetBook(journal, ground.pools(), attendance::present, hold);
  }

  private Hold begin(Journal journal, Duration stopGrace, Predicate<ProviderId> inside)
      throws IOException {
    if (!Files.exists(mark)) {
      return Hold.none();
    }
    Optional<Instant> known = until();
    if (known.isPresent() && !clock.instant().isBefore(known.get())) {
      Files.delete(mark);
      return Hold.none();
    }
    Instant until = known.isPresent() ? known.get() : first(journal, stopGrace);
    LOG.warn(
        "restored from a backup: devices of providers elsewhere are held until {}, since runs of"
            + " before may still use them; where none does, remove {} and start again",
        until,
        mark);
    return new Hold(until, inside, clock);
  }

  /** The tokens first: a start that ends in between skips as many again. */
  private Instant first(Journal journal, Duration stopGrace) throws IOException {
    journal.reserveTokens(TOKENS);
    Duration longest =
        journal.functions().stream()
            .map(function -> function.spec().rules().timeout())
            .max(Comparator.naturalOrder())
            .orElse(USUAL_TIMEOUT);
    Instant until = clock.instant().plus(longest).plus(stopGrace);
    OwnerFile.write(mark, until + "\n");
    return until;
  }

  /** Empty in a mark that no start has seen. */
  private Optional<Instant> until() throws IOException {
    try {
      return Optional.of(Instant.parse(Files.readString(mark).strip()));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
