package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.blob.BlobId;
import java.util.List;

/** What became of a write. */
public sealed interface WriteOutcome {

  /**
   * It is durable.
   *
   * @param unnamed blobs that nothing names any more: to be removed by the caller
   */
  record Written(StoredObject object, List<BlobId> unnamed) implements WriteOutcome {
    public Written {
      unnamed = List.copyOf(unnamed);
    }
  }

  /** There is no such bucket; nothing was written. */
  record NoSuchBucket() implements WriteOutcome {}

  /** The object that the condition or the copy speaks of does not exist; nothing was written. */
  record NoSuchKey() implements WriteOutcome {}

  /** The condition does not hold; nothing was written. */
  record ConditionFailed() implements WriteOutcome {}
}
