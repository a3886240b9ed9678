package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.blob.BlobFolder;
import dev.millrace.triggers.embedded.blob.BlobId;
import dev.millrace.triggers.embedded.blob.DiskFull;
import dev.millrace.triggers.embedded.blob.FreshBytes;
import dev.millrace.triggers.embedded.names.Buckets;
import dev.millrace.triggers.embedded.names.EventOutbox;
import dev.millrace.triggers.embedded.names.Listing;
import dev.millrace.triggers.embedded.names.Objects;
import dev.millrace.triggers.embedded.names.Uploads;
import java.io.IOException;
import java.lang.System.Logger;
import java.util.List;

/** What the operations work on: names and small bytes in one file, other bytes in one folder. */
public record Catalog(
    Buckets buckets,
    Objects objects,
    Listing listing,
    Uploads uploads,
    BlobFolder blobs,
    EventOutbox events) {
  private static final Logger LOG = System.getLogger(Catalog.class.getName());

  /**
   * Refuses a body of so many bytes when there is no room. Small ones may also use what is free
   * within the database.
   *
   * @throws DiskFull when it does not fit
   */
  public void requireSpace(long bytes) throws IOException {
    try {
      blobs.space().require(bytes);
    } catch (DiskFull e) {
      if (bytes > blobs.memoryMaxBytes() || !objects.hasRoomWithin(bytes)) {
        throw e;
      }
    }
  }

  /** Removes the file of bytes that were not named in the end; what is in memory is no waste. */
  public void remove(FreshBytes bytes) {
    switch (bytes) {
      case FreshBytes.InFile(BlobId id) -> remove(List.of(id));
      case FreshBytes.InMemory ignored -> {}
    }
  }

  /**
   * Removes blobs after the commit that let go of them; one that stays is swept at the next start.
   */
  public void remove(List<BlobId> unnamed) {
    for (BlobId blob : unnamed) {
      try {
        blobs.remove(blob);
      } catch (IOException e) {
        LOG.log(Logger.Level.WARNING, "A blob that nothing names stays until the next start", e);
      }
    }
  }
}
