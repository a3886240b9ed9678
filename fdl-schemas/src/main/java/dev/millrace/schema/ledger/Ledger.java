package dev.millrace.schema.ledger;

import dev.millrace.schema.id.AttemptId;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** An append-only account that anyone can check. Safe for many threads. */
public interface Ledger extends AutoCloseable {
  /**
   * Appends entries and returns when they are durable. Idempotent by attempt: an entry whose
   * attempt is there already with the same bytes answers with its index.
   *
   * @return one answer for each entry, in order
   */
  List<Appended> append(List<LedgerEntry> entries) throws IOException;

  /**
   * Entries as they are kept.
   *
   * @param from index of the first, 0 or more
   * @param max 1 to 10,000
   */
  List<Recorded> entries(long from, int max) throws IOException;

  /**
   * The entry of an attempt, found without reading others.
   *
   * @return empty when the attempt has none (yet)
   */
  Optional<Recorded> entryOf(AttemptId attempt) throws IOException;

  /** A signed checkpoint over all that is durable now. */
  Checkpoint checkpoint() throws IOException;

  /** The key that its checkpoints and proofs are checked by, also of one that is damaged. */
  LedgerKey publicKey();

  /**
   * Reads everything again and recomputes it.
   *
   * @param trusted a checkpoint kept elsewhere, against which a cut or rewritten log is found; null
   *     for none
   */
  Verification verify(@Nullable Checkpoint trusted) throws IOException;

  /**
   * The same, and tells how far it is.
   *
   * @param progress is told now and then how many entries are done; what it throws ends the reading
   */
  default Verification verify(@Nullable Checkpoint trusted, LongConsumer progress)
      throws IOException {
    return verify(trusted);
  }

  /** Proof that the entry of that index is in the log; empty when there is none. */
  Optional<Proof> prove(long index) throws IOException;

  @Override
  void close() throws IOException;

  /** The outcome of appending one entry. */
  sealed interface Appended {
    /** It is new, at this index. */
    record New(long index) implements Appended {}

    /** It was there already. */
    record Known(long index) implements Appended {}

    /** Another entry of the same attempt is there: nothing was appended. */
    record Conflict(long index) implements Appended {}
  }

  /**
   * An entry with its place.
   *
   * @param leafHash hex
   * @param bytes of the entry as hashed
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Recorded(long index, String leafHash, byte[] bytes, LedgerEntry entry) {}

  /** What verification found. */
  sealed interface Verification {
    /** Everything agrees. */
    record Sound(long size, String rootHash) implements Verification {}

    /**
     * Something does not.
     *
     * @param problems each names the place and what is wrong
     */
    record Broken(List<Problem> problems) implements Verification {
      public Broken {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * A fault in the log.
   *
   * @param index of the entry, -1 when the log as a whole is meant
   */
  record Problem(long index, String what) {}

  /**
   * An RFC 6962 inclusion proof.
   *
   * @param path hashes in hex, from the leaf up
   */
  record Proof(long index, String leafHash, List<String> path, Checkpoint checkpoint) {
    public Proof {
      path = List.copyOf(path);
    }
  }
}
