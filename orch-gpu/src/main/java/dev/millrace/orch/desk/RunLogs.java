package dev.millrace.orch.desk;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Journal;
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
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Logs where runs left them. */
final class RunLogs {
  private final Journal journal;
  private final Stores stores;
  private final Places places;

  RunLogs(Journal journal, Stores stores, Places places) {
    this.journal = journal;
    this.stores = stores;
    this.places = places;
  }

  RunLog of(TenantId tenant, AttemptId id) throws IOException {
    Optional<Attempt> found = journal.attempt(tenant, id);
    if (found.isEmpty()) {
      return new RunLog.None();
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
    return manifest == null ? new RunLog.None() : notThere(manifest, name);
  }

  /** Nothing is kept of a log that is empty, and only the manifest says that it was. */
  private static RunLog notThere(SignedBytes manifest, ObjectName name) {
    try {
      long bytes = Json.read(manifest.bytes(), Manifest.class).logBytes();
      if (bytes == 0) {
        return new RunLog.Text(InputStream.nullInputStream());
      }
      return new RunLog.Gone(
          bytes == Manifest.LOG_LOST
              ? "the provider could not keep the run's log, which is lost"
              : "the run left a log of "
                  + bytes
                  + " bytes, and it is no longer in its bucket as "
                  + name.bucket()
                  + "/"
                  + name.key());
    } catch (MalformedJson e) {
      return new RunLog.Gone("the run's manifest cannot be read: " + e.getMessage());
    }
  }
}
