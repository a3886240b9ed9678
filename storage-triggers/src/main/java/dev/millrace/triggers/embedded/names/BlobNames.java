package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.BlobId;
import dev.millrace.triggers.embedded.blob.BlobPlace;
import java.io.IOException;

/** Which blobs anything names. */
public final class BlobNames {
  private final NameDatabase database;

  /** The blobs named in that database. */
  public BlobNames(NameDatabase database) {
    this.database = database;
  }

  /** Whether an object or a pending part has the blob. */
  public boolean isNamed(BlobId blob) throws IOException {
    return database.read(statements -> ContentRows.isNamed(statements, new BlobPlace.InFile(blob)));
  }
}
