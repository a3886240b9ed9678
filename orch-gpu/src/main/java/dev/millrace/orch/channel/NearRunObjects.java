package dev.millrace.orch.channel;

import dev.millrace.orch.channel.RunRights.Right;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.run.RunObjects;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

/** A run's objects in a store of this very process, each call checked as the wish for a URL is. */
final class NearRunObjects implements RunObjects {
  private final RunRights rights;
  private final Stores stores;

  NearRunObjects(RunRights rights, Stores stores) {
    this.rights = rights;
    this.stores = stores;
  }

  @Override
  public Opened open(RunRef run, Want want) throws IOException {
    return switch (JournalChannel.answered(() -> rights.of(run, want))) {
      case Right.Reads(ObjectName name) -> opened(name);
      case Right.Writes _, Right.Uploads _ -> new Opened.ByUrl();
      case Right.None(String reason) -> new Opened.Refused(reason);
    };
  }

  private Opened opened(ObjectName name) throws IOException {
    ObjectStore store = stores.get(name.store());
    if (!store.near()) {
      return new Opened.ByUrl();
    }
    Optional<ObjectBody> body = store.read(name.bucket(), name.key());
    return body.isPresent() ? new Opened.Here(body.get()) : new Opened.Gone();
  }

  @Override
  public Put put(RunRef run, String relative, byte[] bytes) throws IOException {
    Right right = JournalChannel.answered(() -> rights.of(run, new Want.Output(relative)));
    return switch (right) {
      case Right.Writes(ObjectName name) -> written(name, bytes);
      case Right.Reads _, Right.Uploads _ -> new Put.ByUrl();
      case Right.None(String reason) -> new Put.Refused(reason);
    };
  }

  private Put written(ObjectName name, byte[] bytes) throws IOException {
    ObjectStore store = stores.get(name.store());
    if (!store.near()) {
      return new Put.ByUrl();
    }
    store.write(name, new ByteArrayInputStream(bytes), bytes.length, WriteOptions.PLAIN);
    return new Put.Done();
  }
}
