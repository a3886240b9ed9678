package dev.millrace.runtime.unit;

import dev.millrace.schema.id.RunId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A provider's receipts, one behind the other: each names its number and the hash of the one
 * before. They are appended to a file, one signed line each, and durable before they are given out;
 * a run that asks again gets the same receipt, so a crash cannot fork the chain. One process at a
 * time may have the file.
 */
public final class ReceiptChain implements AutoCloseable {
  /** How many bytes of the file's end are remembered: far more than runs can be in flight. */
  private static final long REMEMBERED_BYTES = 16L * 1024 * 1024;

  private final SigningKey key;
  // Not a FileChannel: an interrupt of one run would close it for all.
  private final RandomAccessFile file;
  private final ReentrantLock appending = new ReentrantLock();
  private final ReentrantLock syncing = new ReentrantLock();
  private final Map<RunId, SignedBytes> known = new LinkedHashMap<>();
  private volatile long sequence;
  private volatile long durable;
  private volatile boolean broken;
  private String previous = Receipt.NONE_BEFORE;

  /** A receipt that lacks its place in the chain. */
  @FunctionalInterface
  public interface Draft {
    /** The receipt with that number and predecessor. */
    Receipt at(long sequence, String previous);
  }

  private ReceiptChain(SigningKey key, RandomAccessFile file) {
    this.key = key;
    this.file = file;
  }

  /**
   * Opens or begins a chain. A last line that was torn by a crash was never given out and is cut.
   *
   * @throws IOException also when the file holds something else than receipts
   */
  public static ReceiptChain open(Path path, SigningKey key) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw");
    ReceiptChain chain = new ReceiptChain(key, file);
    try {
      file.setLength(chain.load(path));
      file.seek(file.length());
      chain.durable = chain.sequence;
      return chain;
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  private long load(Path path) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(path.toFile(), "r")) {
      long from = Math.max(0, in.length() - REMEMBERED_BYTES);
      byte[] end = new byte[(int) (in.length() - from)];
      in.seek(from);
      in.readFully(end);
      int begin = from == 0 ? 0 : next(end, 0);
      int whole = begin;
      for (int stop = next(end, begin); stop > 0; stop = next(end, whole)) {
        remember(new String(end, whole, stop - whole, StandardCharsets.UTF_8), path);
        whole = stop;
      }
      return from + whole;
    }
  }

  private static int next(byte[] bytes, int from) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return 0;
  }

  private void remember(String line, Path path) throws IOException {
    try {
      SignedBytes signed = SignedBytes.parse(line);
      Receipt receipt = Json.read(signed.bytes(), Receipt.class);
      if (sequence != 0
          && (receipt.sequence() != sequence + 1 || !receipt.previous().equals(previous))) {
        throw new IOException("the receipts in " + path + " are broken behind " + sequence);
      }
      place(receipt, signed);
    } catch (IllegalArgumentException e) {
      throw new IOException("the receipts in " + path + " are broken behind " + sequence, e);
    }
  }

  private void place(Receipt receipt, SignedBytes signed) {
    sequence = receipt.sequence();
    previous = Hex.of(Hex.sha256(signed.bytes()));
    known.put(receipt.run().run(), signed);
  }

  /**
   * The run's receipt: the one that it has, otherwise a new one, durable when this returns. Those
   * that are asked for at a time become durable together.
   */
  public SignedBytes receipt(RunId run, Draft draft) throws IOException {
    SignedBytes receipt = appended(run, draft);
    makeDurable(sequence);
    return receipt;
  }

  private SignedBytes appended(RunId run, Draft draft) throws IOException {
    appending.lock();
    try {
      SignedBytes had = known.get(run);
      if (had != null) {
        return had;
      }
      Receipt receipt = draft.at(sequence + 1, previous);
      SignedBytes signed = key.sign(Receipt.TYPE, Json.bytes(receipt));
      append(signed);
      place(receipt, signed);
      return signed;
    } finally {
      appending.unlock();
    }
  }

  private void append(SignedBytes signed) throws IOException {
    long before = file.getFilePointer();
    try {
      file.write((signed.line() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      file.setLength(before);
      file.seek(before);
      throw e;
    }
  }

  /**
   * What a failed sync left is unknown: nothing more is given out by this process, and a restart
   * takes the chain as it finds it.
   */
  private void makeDurable(long number) throws IOException {
    syncing.lock();
    try {
      if (broken) {
        throw new IOException("the receipts could not be made durable: restart the provider");
      }
      if (durable >= number) {
        return;
      }
      long upTo = sequence;
      broken = true;
      file.getFD().sync();
      broken = false;
      durable = upTo;
    } finally {
      syncing.unlock();
    }
  }

  /** Lets a settled run's receipt out of memory; the file keeps it. */
  public void forget(RunId run) {
    appending.lock();
    try {
      known.remove(run);
    } finally {
      appending.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
