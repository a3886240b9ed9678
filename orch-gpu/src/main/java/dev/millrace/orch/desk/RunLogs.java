package dev.millrace.orch.desk;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.live.LiveLogs;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Printed;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Logs where runs left them, and what comes of those that run. */
final class RunLogs {
  /** A provider that takes up a run asks at once who reads along. */
  private static final Duration PROVIDER_ASKS = Duration.ofSeconds(5);

  /** The line that stands between the halves of a log that is too long is shorter. */
  private static final int MIDDLE_MAX = 64;

  private final Journal journal;
  private final Stores stores;
  private final Places places;
  private final LiveLogs live;
  private final InstantSource clock;

  RunLogs(Journal journal, Stores stores, Places places, LiveLogs live, InstantSource clock) {
    this.journal = journal;
    this.stores = stores;
    this.places = places;
    this.live = live;
    this.clock = clock;
  }

  /** The log, or what there is of it while the attempt runs. */
  RunLog of(TenantId tenant, AttemptId id) throws IOException {
    RunLog kept = kept(tenant, id);
    // Only afterwards: a run that ends meanwhile is not taken for one whose log is gone.
    Optional<Attempt> running =
        kept instanceof RunLog.None
            ? journal.attempt(tenant, id).filter(a -> a.state() == AttemptState.RUNNING)
            : Optional.empty();
    return running.isPresent() ? soFar(running.get()) : kept;
  }

  private RunLog soFar(Attempt attempt) throws InterruptedIOException {
    RunId run = attempt.run();
    Instant claimed = attempt.claimedAt();
    if (run == null || claimed == null) {
      return new RunLog.None();
    }
    RunRef ref = new RunRef(attempt.id(), run, attempt.token());
    long bytesMax = Orders.of(attempt).limits().logMaxBytes();
    boolean sure = claimed.plus(PROVIDER_ASKS).isBefore(clock.instant());
    try {
      return switch (live.read(ref, attempt.provider(), bytesMax, sure)) {
        case LiveLogs.Reading.SoFar(Printed text) -> new RunLog.Running(text, full(text, bytesMax));
        case LiveLogs.Reading.Never() -> new RunLog.AtItsEnd(attempt.provider());
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a run's text was awaited");
    }
  }

  /** Providers hand in the first half of what is kept, less a part of the line between halves. */
  private static boolean full(Printed text, long bytesMax) {
    return 2 * text.size() + MIDDLE_MAX >= bytesMax;
  }

  /** The log that a run left. */
  RunLog kept(TenantId tenant, AttemptId id) throws IOException {
    Optional<Attempt> found = journal.attempt(tenant, id);
    if (found.isEmpty()) {
      return Removed.everything(journal.removal(tenant, id.job()))
          .<RunLog>map(RunLog.Gone::new)
          .orElseGet(RunLog.None::new);
    }
    Attempt attempt = found.get();
    RunId run = attempt.run();
    if (run == null) {
      return new RunLog.None();
    }
    ObjectName name =
        places.ofRun(
            Orders.of(attempt).function(),
            Manifest.prefix(new RunRef(id, run, attempt.token())) + Manifest.LOG);
    Optional<InputStream> kept =
        stores.get(name.store()).read(name.bucket(), name.key()).map(ObjectBody::stream);
    if (kept.isPresent()) {
      return new RunLog.Text(kept.get());
    }
    SignedBytes manifest = attempt.manifest();
    Optional<String> removed = Removed.logs(journal.removal(tenant, id.job()));
    if (manifest == null) {
      return removed.<RunLog>map(RunLog.Gone::new).orElseGet(RunLog.None::new);
    }
    return notThere(manifest, name, removed);
  }

  /** Nothing is kept of a log that is empty, and only the manifest says that it was. */
  private static RunLog notThere(SignedBytes manifest, ObjectName name, Optional<String> removed) {
    try {
      long bytes = Json.read(manifest.bytes(), Manifest.class).logBytes();
      if (bytes == 0) {
        return new RunLog.Text(InputStream.nullInputStream());
      }
      return new RunLog.Gone(
          bytes == Manifest.LOG_LOST
              ? "the provider could not keep the run's log, which is lost"
              : removed.orElse(
                  "the run left a log of "
                      + bytes
                      + " bytes, and it is no longer in its bucket as "
                      + name.bucket()
                      + "/"
                      + name.key()));
    } catch (MalformedJson e) {
      return new RunLog.Gone("the run's manifest cannot be read: " + e.getMessage());
    }
  }
}
