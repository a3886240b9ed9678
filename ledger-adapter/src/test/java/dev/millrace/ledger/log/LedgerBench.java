package dev.millrace.ledger.log;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.ledger.receipt.EntryAudit;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Measures the ledger against its budgets and its floor (the same bytes appended and synced in the
 * same batches by one thread that does nothing else).
 */
final class LedgerBench {
  private static final int ENTRIES = 100_000;
  private static final int BATCH = 1000;
  private static final int CALLERS = 8;

  private LedgerBench() {}

  /**
   * Measures and prints.
   *
   * @param arguments the folder to measure in
   */
  public static void main(String[] arguments) throws Exception {
    Path folder = Files.createTempDirectory(Path.of(arguments[0]), "ledger-bench");
    FakeProvider provider = new FakeProvider("here");
    List<LedgerEntry> signed = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      signed.add(provider.entry(i));
    }
    LedgerEntry like = signed.getFirst();
    List<LedgerEntry> entries = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      entries.add(
          new LedgerEntry(
              FakeProvider.attempt(i),
              like.evidence(),
              like.stagedAt(),
              like.endedAt(),
              like.pricePerMibSecond(),
              like.billed()));
    }
    int size = EntryBytes.of(like).length;
    System.out.printf("entries of %d bytes, %d callers, batches of %d%n", size, CALLERS, BATCH);
    LogLedger.Settings settings =
        new LogLedger.Settings(
            folder.resolve("log"),
            "example.org/log",
            SigningKey.generate(),
            id -> Optional.of(provider.keys()));
    for (int round = 0; round < 3; round++) {
      floor(folder.resolve("floor" + round), size);
      Path log = folder.resolve("log" + round);
      append(
          new LogLedger.Settings(log, settings.origin(), settings.key(), settings.providers()),
          entries);
    }
    LogLedger.Settings last =
        new LogLedger.Settings(
            folder.resolve("log2"), settings.origin(), settings.key(), settings.providers());
    proofs(last);
    receipts(signed, provider);
  }

  private static void rate(String what, int count, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf("%-48s %,12.0f /s%n", what, count / seconds);
  }

  private static void floor(Path path, int size) throws IOException {
    ByteBuffer batch = ByteBuffer.allocate((size + Frames.HEAD) * BATCH);
    long start = System.nanoTime();
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < ENTRIES / BATCH; i++) {
        LogFiles.write(file, batch.clear(), file.size());
        file.force(false);
      }
    }
    rate("floor: the same bytes written and synced", ENTRIES, start);
    Files.delete(path);
  }

  private static void append(LogLedger.Settings settings, List<LedgerEntry> entries)
      throws Exception {
    try (LogLedger ledger = LogLedger.open(settings);
        ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
      List<Callable<Void>> work = new ArrayList<>();
      for (int from = 0; from < entries.size(); from += BATCH) {
        List<LedgerEntry> part = entries.subList(from, from + BATCH);
        work.add(() -> {
          ledger.append(part);
          return null;
        });
      }
      long start = System.nanoTime();
      for (Future<Void> done : threads.invokeAll(work)) {
        done.get();
      }
      rate("entries hashed and durable", entries.size(), start);
    }
  }

  private static void proofs(LogLedger.Settings settings) throws IOException {
    long start = System.nanoTime();
    try (LogLedger ledger = LogLedger.open(settings)) {
      System.out.printf("opened in %d ms%n", (System.nanoTime() - start) / 1_000_000);
      long[] times = new long[20_000];
      for (int i = 0; i < times.length; i++) {
        long before = System.nanoTime();
        ledger.prove((i * 7919L) % ledger.size()).orElseThrow();
        times[i] = System.nanoTime() - before;
      }
      Arrays.sort(times);
      System.out.printf(
          "proof at %,d entries: p50 %.3f ms, p99 %.3f ms%n",
          ledger.size(), times[times.length / 2] / 1e6, times[times.length * 99 / 100] / 1e6);
    }
  }

  private static void receipts(List<LedgerEntry> signed, FakeProvider provider) {
    for (int round = 0; round < 3; round++) {
      EntryAudit audit = new EntryAudit(id -> Optional.of(provider.keys()));
      long start = System.nanoTime();
      for (int i = 0; i < signed.size(); i++) {
        audit.add(i, signed.get(i));
      }
      if (!audit.problems().isEmpty()) {
        throw new IllegalStateException(audit.problems().toString());
      }
      rate("receipts verified", signed.size(), start);
    }
  }
}
