package dev.millrace.ledger.log;

import dev.millrace.ledger.checkpoint.CheckpointSigner;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger.Appended;
import dev.millrace.schema.ledger.LedgerEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes: many callers' entries become one write and one fsync, then the index,
 * then the callers' answers; a checkpoint follows when it is idle, or after 4,096 entries or 64
 * batches.
 */
final class LogWriter implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(LogWriter.class);
  private static final long IDLE_MILLIS = 200;
  private static final int ENTRIES_MAX = 4096;
  private static final int BATCHES_MAX = 64;

  private final LogFiles files;
  private final LogState state;
  private final Inbox inbox;
  private final CheckpointSigner signer;
  private final ByteArrayOutputStream unindexed = new ByteArrayOutputStream();
  private long indexed;
  private int batches;
  private volatile Checkpoint newest;

  LogWriter(
      LogFiles files, LogState state, Inbox inbox, CheckpointSigner signer, Checkpoint newest) {
    this.files = files;
    this.state = state;
    this.inbox = inbox;
    this.signer = signer;
    this.newest = newest;
    this.indexed = state.size();
  }

  /** The newest checkpoint that is durable. */
  Checkpoint newest() {
    return newest;
  }

  @Override
  public void run() {
    try {
      while (!inbox.isClosed() || !inbox.isEmpty()) {
        List<Inbox.Request> batch = inbox.take(IDLE_MILLIS);
        serve(batch);
        if (due(batch)) {
          tryCheckpoint();
        }
      }
      tryCheckpoint();
    } catch (Exception e) {
      LOG.error("the ledger in {} stops writing", files.folder(), e);
      stop("the ledger in " + files.folder() + " stopped after a fault: " + e);
    } finally {
      stop("the ledger in " + files.folder() + " does not write any more");
    }
  }

  private boolean due(List<Inbox.Request> batch) {
    long open = state.size() - newest.size();
    return open > 0 && (batch.isEmpty() || open >= ENTRIES_MAX || batches >= BATCHES_MAX);
  }

  /** Nothing is taken in any more, and who waits is told. */
  private void stop(String reason) {
    inbox.close(reason);
    try {
      while (!inbox.isEmpty()) {
        inbox.take(0).forEach(request -> request.failed(new IOException(reason)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void serve(List<Inbox.Request> batch) {
    try {
      List<List<Appended>> answers = append(batch);
      for (int i = 0; i < batch.size(); i++) {
        if (batch.get(i).entries().isEmpty()) {
          answerCheckpoint(batch.get(i));
        } else {
          batch.get(i).appended(answers.get(i));
        }
      }
    } catch (IOException e) {
      batch.forEach(request -> request.failed(e));
    } finally {
      batch.forEach(Inbox.Request::abandoned);
    }
  }

  private void answerCheckpoint(Inbox.Request request) {
    try {
      request.checkpoint(checkpoint());
    } catch (IOException e) {
      request.failed(e);
    }
  }

  private List<List<Appended>> append(List<Inbox.Request> batch) throws IOException {
    Map<AttemptKey, Inbox.Prepared> fresh = new HashMap<>();
    Map<AttemptKey, Long> freshAt = new HashMap<>();
    List<Inbox.Prepared> entries = new ArrayList<>();
    List<List<Appended>> answers = new ArrayList<>();
    for (Inbox.Request request : batch) {
      List<Appended> answer = new ArrayList<>();
      for (Inbox.Prepared prepared : request.entries()) {
        Inbox.Prepared twin = fresh.get(prepared.key());
        long at = state.find(prepared.key());
        if (twin != null) {
          long index = freshAt.getOrDefault(prepared.key(), -1L);
          answer.add(
              twin.entry().equals(prepared.entry())
                  ? new Appended.Known(index)
                  : new Appended.Conflict(index));
        } else if (at >= 0) {
          answer.add(again(at, prepared));
        } else {
          long index = state.size() + entries.size();
          fresh.put(prepared.key(), prepared);
          freshAt.put(prepared.key(), index);
          entries.add(prepared);
          answer.add(new Appended.New(index));
        }
      }
      answers.add(answer);
    }
    if (!entries.isEmpty()) {
      write(entries);
    }
    return answers;
  }

  /** The same entry in the JSON of an older version is the same entry. */
  private Appended again(long index, Inbox.Prepared prepared) throws IOException {
    LogState.Place place = state.place(index);
    if (Arrays.equals(place.leafHash(), prepared.leafHash())) {
      return new Appended.Known(index);
    }
    FrameReader.Read read = new FrameReader(files.entries(), place.end()).at(place.start());
    if (read instanceof FrameReader.Whole(byte[] bytes, long next)) {
      try {
        LedgerEntry old = EntryBytes.read(bytes);
        if (old.equals(prepared.entry())) {
          return new Appended.Known(index);
        }
      } catch (MalformedJson e) {
        LOG.warn("entry {} of the ledger in {} cannot be read: run verify", index, files.folder());
      }
    }
    return new Appended.Conflict(index);
  }

  private void write(List<Inbox.Prepared> entries) throws IOException {
    int size = entries.stream().mapToInt(entry -> Frames.size(entry.bytes())).sum();
    ByteBuffer frames = ByteBuffer.allocate(size);
    entries.forEach(entry -> Frames.put(frames, entry.bytes()));
    long start = state.end();
    try {
      LogFiles.write(files.entries(), frames.flip(), start);
    } catch (IOException e) {
      takeBack(start, e);
      throw new IOException(
          "the ledger in "
              + files.folder()
              + " could not write "
              + entries.size()
              + " entries, none was appended: "
              + e.getMessage(),
          e);
    }
    try {
      files.entries().force(false);
    } catch (IOException e) {
      String reason =
          "the disk under the ledger in "
              + files.folder()
              + " failed to keep what was written; open it again: "
              + e.getMessage();
      stop(reason);
      throw new IOException(reason, e);
    }
    long end = start;
    for (Inbox.Prepared entry : entries) {
      end += Frames.size(entry.bytes());
      unindexed.writeBytes(IndexRecords.record(state.size(), entry.leafHash(), end, entry.key()));
      state.add(entry.leafHash(), end, entry.key());
    }
    batches++;
    writeIndex();
  }

  private void takeBack(long start, IOException cause) {
    try {
      files.entries().truncate(start);
      files.entries().force(true);
    } catch (IOException e) {
      cause.addSuppressed(e);
      stop("the ledger in " + files.folder() + " holds a torn write; open it again");
    }
  }

  /** The index may lag: what is missing is written with the next batch, or rebuilt at open. */
  private void writeIndex() {
    try {
      LogFiles.write(
          files.index(), ByteBuffer.wrap(unindexed.toByteArray()), IndexRecords.place(indexed));
      indexed = state.size();
      unindexed.reset();
    } catch (IOException e) {
      LOG.warn("the index of the ledger in {} lags: {}", files.folder(), e.getMessage());
    }
  }

  private void tryCheckpoint() {
    try {
      checkpoint();
    } catch (IOException e) {
      LOG.warn("no checkpoint of the ledger in {}: {}", files.folder(), e.getMessage());
    }
  }

  private Checkpoint checkpoint() throws IOException {
    long size = state.size();
    if (newest.size() < size) {
      files.index().force(false);
      Checkpoint next = signer.sign(size, state.root(size));
      files.checkpoint(next.note().getBytes(StandardCharsets.UTF_8));
      newest = next;
      batches = 0;
    }
    return newest;
  }
}
