package dev.millrace.orch.api.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the ledger, oldest first.
 *
 * @param next what to give as {@code cursor} for the next page; null when this is the last
 */
public record LedgerPage(List<EntryView> entries, @Nullable String next) {
  public LedgerPage {
    entries = List.copyOf(entries);
  }
}
