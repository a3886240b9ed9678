package dev.millrace.ledger.log;

import dev.millrace.ledger.checkpoint.CheckpointSigner;
import dev.millrace.ledger.checkpoint.NoteKey;
import dev.millrace.ledger.proof.TreeHash;
import dev.millrace.ledger.receipt.EntryAudit;
import dev.millrace.ledger.receipt.ProviderKeys;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.LedgerKey;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A transparency log (RFC 6962) in a folder of its own; docs/ledger.md says what lies there. One
 * process has it open at a time. A write that a crash cut short is taken away when it is opened;
 * any other damage stays as it is: the ledger can then be listed and verified, and takes nothing
 * more.
 */
public final class LogLedger implements Ledger {
  private static final int ENTRIES_MAX = 10_000;

  private final LogFiles files;
  private final LogState state;
  private final Inbox inbox = new Inbox();
  private final LogWriter writer;
  private final Thread thread;
  private final NoteKey key;
  private final ProviderKeys providers;
  private final List<String> notes;
  private final List<Problem> damage;

  /**
   * How a ledger is opened.
   *
   * @param folder made when it is not there
   * @param origin the log's name, for instance {@code example.org/millrace}; stays the same for
   *     ever
   * @param key signs checkpoints
   * @param providers whose receipts' signatures verification checks
   */
  public record Settings(Path folder, String origin, SigningKey key, ProviderKeys providers) {}

  private LogLedger(
      LogFiles files, CheckpointSigner signer, ProviderKeys providers, LogOpening opening) {
    this.files = files;
    this.providers = providers;
    this.key = signer.key();
    this.state = opening.state();
    this.notes = List.copyOf(opening.notes());
    this.damage = List.copyOf(opening.damage());
    this.writer = new LogWriter(files, state, inbox, signer, opening.checkpoint());
    if (!damage.isEmpty()) {
      inbox.close(
          "the ledger in "
              + files.folder()
              + " is damaged and takes nothing more; run verify. First fault: "
              + damage.getFirst().what());
    }
    this.thread = Thread.ofPlatform().name("ledger-writer").daemon().unstarted(writer);
  }

  /**
   * Opens a ledger, or makes it.
   *
   * @throws IOException when the folder cannot be used, or is open already
   */
  public static LogLedger open(Settings settings) throws IOException {
    CheckpointSigner signer = new CheckpointSigner(settings.origin(), settings.key());
    LogFiles files = LogFiles.open(settings.folder());
    boolean opened = false;
    try {
      LogLedger ledger =
          new LogLedger(files, signer, settings.providers(), LogOpening.of(files, signer));
      if (ledger.damage.isEmpty()) {
        ledger.thread.start();
      }
      opened = true;
      return ledger;
    } finally {
      if (!opened) {
        files.close();
      }
    }
  }

  /** What opening it repaired, for people; empty after a clean close. */
  public List<String> notes() {
    return notes;
  }

  /** What opening it found damaged and left alone; not empty when nothing can be appended. */
  public List<Problem> damage() {
    return damage;
  }

  /** The key that anyone needs to check this ledger's checkpoints and proofs. */
  public NoteKey key() {
    return key;
  }

  @Override
  public LedgerKey publicKey() {
    return key.published();
  }

  /** Number of durable entries. */
  public long size() {
    return state.size();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IOException when nothing of these entries was appended; after an interrupt it is not
   *     known whether, and appending them again is safe
   * @throws IllegalArgumentException when an entry is larger than 1 MiB
   */
  @Override
  public List<Appended> append(List<LedgerEntry> entries) throws IOException {
    if (entries.isEmpty()) {
      return List.of();
    }
    List<Inbox.Prepared> prepared = new ArrayList<>(entries.size());
    for (LedgerEntry entry : entries) {
      byte[] bytes = EntryBytes.of(entry);
      prepared.add(
          new Inbox.Prepared(entry, AttemptKey.of(entry.attempt()), bytes, TreeHash.leaf(bytes)));
    }
    Inbox.Request request = new Inbox.Request(prepared);
    inbox.put(request);
    return request.awaitAppended();
  }

  /**
   * {@inheritDoc} Ends before an entry that cannot be read.
   *
   * @throws IOException when the first one asked for cannot be read
   */
  @Override
  public List<Recorded> entries(long from, int max) throws IOException {
    if (from < 0 || max < 1 || max > ENTRIES_MAX) {
      throw new IllegalArgumentException(
          "from is 0 or more, max is 1 to " + ENTRIES_MAX + ", found: " + from + ", " + max);
    }
    long end = from + Math.min(max, Math.max(0, state.size() - from));
    List<Recorded> recorded = new ArrayList<>();
    try (LogFiles.Reading reading = files.reading()) {
      FrameReader frames = new FrameReader(reading.entries(), state.end());
      for (long i = from; i < end; i++) {
        try {
          recorded.add(recorded(frames, state.place(i)));
        } catch (MalformedJson e) {
          if (recorded.isEmpty()) {
            throw e;
          }
          break;
        }
      }
    }
    return recorded;
  }

  /**
   * {@inheritDoc} One look into memory and one read of the file.
   *
   * @throws IOException when the entry cannot be read
   */
  @Override
  public Optional<Recorded> entryOf(AttemptId attempt) throws IOException {
    long index = state.find(AttemptKey.of(attempt));
    return index < 0 ? Optional.empty() : Optional.of(entries(index, 1).getFirst());
  }

  private Recorded recorded(FrameReader frames, LogState.Place place) throws IOException {
    return switch (frames.at(place.start())) {
      case FrameReader.Bad bad ->
          throw new MalformedJson(
              "entry " + place.index() + " cannot be read (" + bad.what() + "); run verify");
      case FrameReader.Whole(byte[] bytes, long next) -> {
        if (!Arrays.equals(TreeHash.leaf(bytes), place.leafHash())) {
          throw new MalformedJson(
              "entry " + place.index() + " is not what was recorded; run verify");
        }
        yield new Recorded(place.index(), Hex.of(place.leafHash()), bytes, EntryBytes.read(bytes));
      }
    };
  }

  @Override
  public Checkpoint checkpoint() throws IOException {
    Inbox.Request request = new Inbox.Request(List.of());
    inbox.put(request);
    return request.awaitCheckpoint();
  }

  @Override
  public Verification verify(@Nullable Checkpoint trusted) throws IOException {
    return audit(trusted).verification();
  }

  @Override
  public Verification verify(@Nullable Checkpoint trusted, LongConsumer progress)
      throws IOException {
    return audit(trusted, progress).verification();
  }

  /** Reads everything again and recomputes it; what {@link #verify} does, with figures. */
  public LogAudit audit(@Nullable Checkpoint trusted) throws IOException {
    return audit(trusted, done -> {});
  }

  private LogAudit audit(@Nullable Checkpoint trusted, LongConsumer progress) throws IOException {
    byte[] note = files.checkpoint();
    long size = state.size();
    long end = size == 0 ? Frames.FIRST_LINE.length : state.place(size - 1).end();
    long indexed = damage.isEmpty() ? size : Long.MAX_VALUE;
    EntryAudit entries = new EntryAudit(providers);
    LogAudit.Reading found = new LogAudit.Reading(entries, progress);
    List<Problem> problems;
    LogScan scan;
    try (LogFiles.Reading reading = files.reading()) {
      scan = LogScan.of(reading, new LogScan.Extent(end, size, indexed), found::entry);
      problems = found.problems(scan);
    }
    LogAudit.against(LogAudit.own(note, key), "the ledger's own", scan, problems);
    if (trusted != null) {
      LogAudit.against(LogAudit.trusted(trusted, key), "the trusted", scan, problems);
    }
    damage.stream().filter(fault -> !problems.contains(fault)).forEach(problems::add);
    Verification verification =
        problems.isEmpty()
            ? new Verification.Sound(size, Hex.of(scan.tree().root(size)))
            : new Verification.Broken(problems);
    return new LogAudit(verification, entries.receipts(), entries.unverified(), entries.gaps());
  }

  @Override
  public Optional<Proof> prove(long index) throws IOException {
    if (index < 0 || index >= state.size()) {
      return Optional.empty();
    }
    Checkpoint newest = writer.newest();
    Checkpoint over = index < newest.size() && damage.isEmpty() ? newest : checkpoint();
    return Optional.of(
        new Proof(
            index,
            Hex.of(state.place(index).leafHash()),
            state.inclusion(index, over.size()).stream().map(Hex::of).toList(),
            over));
  }

  /**
   * RFC 6962 consistency proof between two sizes that this ledger had, for those who watch it.
   *
   * @return hashes in hex
   * @throws IllegalArgumentException when the sizes are not {@code 0 <= first <= second <= size()}
   */
  public List<String> consistency(long first, long second) {
    if (first < 0 || first > second || second > state.size()) {
      throw new IllegalArgumentException(
          "no sizes of this ledger, which has " + state.size() + ": " + first + ", " + second);
    }
    return state.consistency(first, second).stream().map(Hex::of).toList();
  }

  @Override
  public void close() throws IOException {
    inbox.close("the ledger in " + files.folder() + " is closed");
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the ledger closed");
    } finally {
      files.close();
    }
  }
}
