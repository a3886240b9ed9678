package dev.millrace.schema.object;

import java.util.List;

/** What spares a listing source a notice, and admission a HEAD, for each object seen before. */
@FunctionalInterface
public interface KnownObjects {
  /**
   * Those rows of a listing page that some function may not have decided yet, in order, without
   * those of which a notice with the same row waits already; a row too many costs a HEAD, a row too
   * few loses a job.
   */
  List<ListedObject> unknown(StoreId store, String bucket, List<ListedObject> page);
}
