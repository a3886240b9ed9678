package dev.millrace.orch.bench;

import dev.millrace.orch.journal.Journal;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The real things that are measured, and the clock that measures them. */
public interface Ground {
  /** The machine's own. */
  Ticker ticker();

  /**
   * The command that starts this very program in a process of its own.
   *
   * @param options of the JVM
   */
  List<String> program(List<String> options, List<String> arguments);

  /** Whether the class path consists of archives alone, which an AOT cache needs. */
  boolean archived();

  /** The embedded store of a data folder on which a coordinator runs; the caller closes it. */
  ObjectStore store(Path data) throws IOException;

  /** The journal of a data folder on which no coordinator runs; the caller closes it. */
  Journal journal(Path data);

  /** An embedded ledger, new or opened again; the caller closes it. */
  Ledger ledger(Path folder, TrustedKeys provider) throws IOException;

  /** How many faults an audit of these entries finds: signatures, chains, bills. */
  int faults(List<LedgerEntry> entries, TrustedKeys provider);
}
