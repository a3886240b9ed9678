package dev.millrace.orch.api;

import dev.millrace.schema.id.TenantId;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

/** Where tokens lie that an administrator gave out. Safe for many threads. */
public interface TokenShelf {
  /** How many can lie there at a time. */
  int MOST = 10_000;

  /** All that lie there; what was taken away elsewhere may be among them for a second. */
  List<TokenBook.Entry> tokens();

  /**
   * Puts one there, durably. Where the shelf is full those that have expired are thrown out.
   *
   * @return false when it is full all the same, and nothing was put there
   */
  boolean put(TokenBook.Entry token, Instant now) throws IOException;

  /** Takes one away, durably; false when the tenant has none of this id. */
  boolean remove(TenantId tenant, String id) throws IOException;
}
